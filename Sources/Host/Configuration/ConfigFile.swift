import CYAML
import MunimKit

/// Reads the text of a configuration file into a tree, with all faults of its syntax.
///
/// A strict part of YAML: one document, no tags, no merge keys, text as keys. Aliases are copied, within the limits, and never form a cycle.
enum ConfigFile {
    /// Largest file, in bytes.
    static let maximumBytes = 1 << 20
    /// Deepest nesting.
    static let maximumDepth = 32
    /// Most nodes, those that aliases repeat counted each time.
    static let maximumNodes = 100_000

    /// The tree, nil when there is none to go on with, and the faults in the order of the file.
    static func parse(_ bytes: [UInt8], file: String) -> (node: ConfigNode?, faults: [ConfigFault]) {
        func fault(_ mark: Mark, _ message: String) -> (node: ConfigNode?, faults: [ConfigFault]) {
            (nil, [ConfigFault(file: file, mark: mark, path: "", message: message)])
        }
        guard bytes.count <= maximumBytes else {
            return fault(.start, "the file is too large: expected at most \(maximumBytes) bytes, found \(bytes.count)")
        }
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if let broken = TextScan.firstInvalidByte(in: text) {
            return fault(TextScan.mark(of: broken, in: text), "the text is not UTF-8: found the byte 0x\(String(text[broken], radix: 16))")
        }
        var tree = ConfigTree(file: file)
        let parser = YAMLParser(text)
        while tree.wantsMore {
            switch parser.next() {
            case .success(let event): tree.take(event)
            case .failure(let problem): return (nil, tree.faults + fault(problem.mark, problem.message).faults)
            }
        }
        return tree.result
    }
}

/// One step of a configuration text.
struct YAMLEvent {
    enum Kind {
        case streamStart, documentStart, documentEnd, streamEnd, sequenceStart, mappingStart, collectionEnd
        case scalar(String, isQuoted: Bool)
        case alias(String)
    }
    var kind: Kind
    var mark: Mark
    /// The anchor's name, where the node has one.
    var anchor: String?
    /// The tag, where one is written.
    var tag: String?
}

/// A syntax fault with its place.
struct YAMLProblem: Error {
    let mark: Mark
    let message: String
}

/// Owns a libyaml parser over bytes that it keeps.
private final class YAMLParser {
    private let bytes: UnsafeMutableBufferPointer<UInt8>
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ text: [UInt8]) {
        bytes = .allocate(capacity: max(1, text.count))
        _ = bytes.initialize(fromContentsOf: text)
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // Only memory can be short here, and then the first event fails as well.
        _ = yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, text.count)
        count = text.count
        end = TextScan.end(of: text)
    }
    private let count: Int
    private let end: Mark

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
        bytes.deallocate()
    }

    /// The next event, or why there is none.
    func next() -> Result<YAMLEvent, YAMLProblem> {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { return .failure(problem()) }
        defer { yaml_event_delete(&event) }
        return .success(converted(event))
    }

    private func converted(_ event: yaml_event_t) -> YAMLEvent {
        let mark = place(event.start_mark)
        func make(_ kind: YAMLEvent.Kind, _ anchor: UnsafeMutablePointer<UInt8>? = nil, _ tag: UnsafeMutablePointer<UInt8>? = nil)
            -> YAMLEvent
        {
            YAMLEvent(kind: kind, mark: mark, anchor: anchor.map { String(cString: $0) }, tag: tag.map { String(cString: $0) })
        }
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return make(.scalar(text, isQuoted: scalar.style != YAML_PLAIN_SCALAR_STYLE), scalar.anchor, scalar.tag)
        case YAML_SEQUENCE_START_EVENT: return make(.sequenceStart, event.data.sequence_start.anchor, event.data.sequence_start.tag)
        case YAML_MAPPING_START_EVENT: return make(.mappingStart, event.data.mapping_start.anchor, event.data.mapping_start.tag)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: return make(.collectionEnd)
        case YAML_ALIAS_EVENT: return make(.alias(event.data.alias.anchor.map { String(cString: $0) } ?? ""))
        case YAML_DOCUMENT_START_EVENT: return make(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return make(.documentEnd)
        case YAML_STREAM_START_EVENT: return make(.streamStart)
        default: return make(.streamEnd)
        }
    }

    /// The place of a mark; libyaml ends a last line that has no end of its own, and would point below the file.
    private func place(_ mark: yaml_mark_t) -> Mark { min(Mark(line: mark.line + 1, column: mark.column + 1), end) }

    private func problem() -> YAMLProblem {
        let text = parser.pointee.problem.map { String(cString: $0) } ?? "out of memory"
        guard parser.pointee.error != YAML_READER_ERROR else {
            let mark = TextScan.mark(of: parser.pointee.problem_offset, in: Array(bytes[..<count]))
            return YAMLProblem(mark: mark, message: "syntax: \(text) (0x\(String(parser.pointee.problem_value, radix: 16)))")
        }
        let at = parser.pointee.problem_mark
        let mark = place(at)
        if at.index < count, TextScan.byte(atCharacter: at.index, in: bytes[..<count]) == 9 {
            return YAMLProblem(mark: mark, message: "syntax: a tab cannot indent; use spaces")
        }
        guard let context = parser.pointee.context.map({ String(cString: $0) }) else {
            return YAMLProblem(mark: mark, message: "syntax: \(text)")
        }
        let start = place(parser.pointee.context_mark)
        // What is never closed is found at the end of the file, but wrong where it begins.
        guard !text.contains("end of stream") else { return YAMLProblem(mark: start, message: "syntax: \(text) \(context)") }
        return YAMLProblem(mark: mark, message: "syntax: \(text), \(context) that starts at \(start)")
    }
}
