import Testing

@testable import munim

@Suite struct AddressTests {
    @Test(
        "Texts that are no address or no block are refused",
        arguments: ["", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.256", " 1.2.3.4", "[::1]", "fe80::1%lo", "::g"])
    func noAddress(_ text: String) {
        #expect(IPAddress(text) == nil && AddressRange(text) == nil && AddressRange(text + "/8") == nil)
    }

    @Test(
        "Blocks with a bad length or with bits beyond it are refused",
        arguments: ["1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "1.2.3.4/24", "::/129", "1.0.0.0/8/8", "1.0.0.0/+8"])
    func noBlock(_ text: String) { #expect(AddressRange(text) == nil) }

    @Test(
        "A block contains its own addresses and no others",
        arguments: [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("10.1.2.3", "10.1.2.3", "10.1.2.2"),
            ("192.168.4.0/22", "192.168.7.255", "192.168.8.0"),
            ("0.0.0.0/0", "8.8.8.8", "::1"), ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::"), ("::1/128", "::1", "::2"),
            ("1.2.3.4/32", "::ffff:1.2.3.4", "::1.2.3.4"),
        ])
    func contains(_ block: String, _ inside: String, _ outside: String) throws {
        let range = try #require(AddressRange(block))
        let (member, stranger) = (try #require(IPAddress(inside)), try #require(IPAddress(outside)))
        #expect(range.contains(member) && !range.contains(stranger))
    }

    @Test("Digests and comparisons are those of the standard")
    func digests() {
        #expect(Cryptography.sha256Hex(Array("abc".utf8)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(Cryptography.sha256Hex([]) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Cryptography.constantTimeEquals([1, 2], [1, 2]) && !Cryptography.constantTimeEquals([1, 2], [1, 3]))
        #expect(!Cryptography.constantTimeEquals([1], [1, 2]) && Cryptography.constantTimeEquals([], []))
        #expect(Set((0..<100).map { _ in Cryptography.randomBytes(8) }).count == 100)
    }
}
