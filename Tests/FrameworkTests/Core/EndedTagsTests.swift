import Foundation
import MunimKit
import Testing

/// Tags that need no further attention, as a trace keeps them.
@Suite("Ended tags")
struct EndedTagsTests {
    static let tags = (0..<2_000).map { MunimKit.Tag("MU\($0)") }

    @Test("A written set of tags reads back as the same set, and knows no other tag")
    func roundTrip() throws {
        let ended = EndedTags(Self.tags)
        let read = try JSONDecoder().decode(EndedTags.self, from: try JSONEncoder().encode(ended))
        #expect(read == ended)
        #expect(Self.tags.allSatisfy(read.contains) && !read.contains("MU-other"))
    }

    @Test(
        "A written set in any order, with doubles or empty, is read; anything else is refused",
        arguments: ["[]", "[9,1,9,18446744073709551615]"])
    func anyOrder(text: String) throws {
        let read = try JSONDecoder().decode(EndedTags.self, from: Data(text.utf8))
        #expect(!read.contains("MU1"))
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(EndedTags.self, from: Data("[[1],[2]]".utf8)) }
    }
}
