import FoundationEssentials
import Synchronization

/// A structured value in one column: kept as it is in memory, encoded to text by backends that store text.
public struct Document: Hashable, Sendable {
    fileprivate let content: any AnyContent

    /// The value as JSON text with sorted keys, which is made once.
    public var text: String { content.text }

    /// Equal when their JSON text is equal, so that a stored and a fresh one compare.
    public static func == (left: Document, right: Document) -> Bool { left.content === right.content || left.text == right.text }
    /// Hashes the JSON text that equality compares.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// A column that holds a structured value.
///
/// Copies share the value and its text until one of them changes it: records are copied far more often than their documents change.
public struct Stored<Content: DocumentContent>: ColumnValue, Hashable, Codable, CustomStringConvertible {
    private var shared: SharedContent<Content>
    /// The value.
    public var content: Content {
        _read { yield shared.content }
        set { shared = SharedContent(newValue) }
    }
    /// A document.
    public static var columnType: ColumnType { .document }
    /// Wraps a value.
    public init(_ content: Content) { shared = SharedContent(content) }
    /// Stored as a document, which stays in memory as it is until a backend wants text.
    public var column: Value { .document(Document(content: shared)) }
    /// Reads a document or its JSON text; nil when it is not a `Content`.
    public init?(_ column: Value) {
        switch column {
        case .document(let document):
            guard let shared = document.content as? SharedContent<Content> else { return nil }
            self.shared = shared
        case .text(let text):
            guard let content = try? Self.decode(text) else { return nil }
            shared = SharedContent(content)
        case .null, .integer, .bytes: return nil
        }
    }
    /// Names the member of the document that is at fault, not the document, which may be long.
    public static func mismatch(of column: Value) -> String {
        guard case .text(let text) = column, let fault = fault(of: text) else { return "holds no document with a \(Content.self)" }
        return "holds a document that is not a \(Content.self): \(fault)"
    }
    /// The value as it describes itself.
    public var description: String { "\(content)" }
    /// Decodes the bare content.
    public init(from decoder: any Decoder) throws { shared = SharedContent(try Content(from: decoder)) }
    /// Encodes the bare content.
    public func encode(to encoder: any Encoder) throws { try content.encode(to: encoder) }

    /// Equal when their values are.
    public static func == (left: Stored, right: Stored) -> Bool { left.shared === right.shared || left.content == right.content }
    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { content.hash(into: &hasher) }

    /// Why a text is no `Content`: the member at fault and what is wrong with it; nil when it is one.
    private static func fault(of text: String) -> String? {
        do {
            _ = try decode(text)
            return nil
        } catch let error as DecodingError {
            return error.sentence
        } catch { return "\(error)" }
    }

    private static func decode(_ text: String) throws -> Content { try JSONDecoder().decode(Content.self, from: Data(text.utf8)) }
}

/// A value of whatever type that can be written.
private protocol AnyContent: AnyObject, Sendable {
    var text: String { get }
}

/// A value with its text, once somebody asked for it.
private final class SharedContent<Content: DocumentContent>: AnyContent {
    let content: Content
    private let written = Mutex<String?>(nil)

    init(_ content: Content) { self.content = content }

    var text: String {
        written.withLock { written in
            if let written { return written }
            let text = DocumentWriter.text(of: content)
            written = text
            return text
        }
    }
}

extension DecodingError {
    /// The place and the reason, such as `legs[0].contract.unitsPerLot: a lot has at least one unit, found 0`.
    fileprivate var sentence: String {
        switch self {
        case .dataCorrupted(let context), .typeMismatch(_, let context), .valueNotFound(_, let context): Self.sentence(context)
        case .keyNotFound(let key, let context): Self.sentence(context, further: [key])
        @unknown default: "\(self)"
        }
    }

    private static func sentence(_ context: Context, further: [any CodingKey] = []) -> String {
        let path = (context.codingPath + further).reduce("") { path, key in
            if let index = key.intValue { return "\(path)[\(index)]" }
            return path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)"
        }
        return path.isEmpty ? context.debugDescription : "\(path): \(context.debugDescription)"
    }
}
