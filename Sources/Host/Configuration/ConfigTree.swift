import MunimKit

/// Builds the tree of a configuration from its events, within the limits of ``ConfigFile``.
struct ConfigTree {
    /// Faults so far, in the order of the file.
    private(set) var faults: [ConfigFault] = []
    /// Whether further events can change anything.
    private(set) var wantsMore = true

    private let file: String
    private var root: ConfigNode?
    private var open: [Frame] = []
    private var anchors: [String: Anchored] = [:]
    private var nodes = 0
    private var documents = 0
    private var isAborted = false

    /// A collection that is not finished.
    private struct Frame {
        let mark: Mark
        let anchor: String?
        let isMapping: Bool
        let nodesBefore: Int
        var elements: [ConfigNode] = []
        var entries: [ConfigNode.Entry] = []
        var key: (text: String, mark: Mark)?
        /// The deepest nesting below it.
        var height = 0
    }

    /// A finished node that an alias may repeat.
    private struct Anchored {
        let node: ConfigNode
        let size: Int
        let height: Int
    }

    init(file: String) { self.file = file }

    /// The tree, nil when it makes no sense to read it, and the faults.
    var result: (node: ConfigNode?, faults: [ConfigFault]) {
        guard !isAborted else { return (nil, faults) }
        guard let root, !root.isNothing else {
            return (
                nil, faults + [ConfigFault(file: file, mark: .start, path: "", message: "the file is empty: expected sections of options")]
            )
        }
        return (root, faults)
    }

    /// Takes the next event.
    mutating func take(_ event: YAMLEvent) {
        if let tag = event.tag { fail(event.mark, "tags are not supported, found \(Self.short(tag))") }
        switch event.kind {
        case .streamStart, .documentEnd: break
        case .streamEnd: wantsMore = false
        case .documentStart:
            documents += 1
            if documents > 1 { abort(event.mark, "expected one document, found a second one") }
        case .sequenceStart, .mappingStart: begin(event)
        case .collectionEnd: end()
        case .scalar(let text, let isQuoted):
            if isOpenForKey { return takeKey(text, isQuoted: isQuoted, event.mark) }
            let node = ConfigNode(.scalar(ConfigNode.Scalar(text, isQuoted: isQuoted)), mark: event.mark)
            add(node, anchor: event.anchor, size: 1, height: 0)
        case .alias(let name): takeAlias(name, event.mark)
        }
    }

    private var isOpenForKey: Bool { open.last.map { $0.isMapping && $0.key == nil } ?? false }

    private mutating func begin(_ event: YAMLEvent) {
        var isMapping = false
        if case .mappingStart = event.kind { isMapping = true }
        if isOpenForKey { return abort(event.mark, "expected a text as key, found a \(isMapping ? "section" : "list")") }
        guard open.count < ConfigFile.maximumDepth else {
            return abort(event.mark, "nested too deeply: expected at most \(ConfigFile.maximumDepth) levels")
        }
        open.append(Frame(mark: event.mark, anchor: event.anchor, isMapping: isMapping, nodesBefore: nodes))
    }

    private mutating func end() {
        guard let frame = open.popLast() else { return }
        let node = ConfigNode(frame.isMapping ? .mapping(frame.entries) : .sequence(frame.elements), mark: frame.mark)
        add(node, anchor: frame.anchor, size: nodes - frame.nodesBefore + 1, height: frame.height + 1)
    }

    private mutating func takeKey(_ text: String, isQuoted: Bool, _ mark: Mark) {
        if text == "<<", !isQuoted { fail(mark, "merge keys are not supported; write the options out") }
        if text.isEmpty { fail(mark, "expected a text as key, found nothing") }
        open[open.count - 1].key = (text, mark)
    }

    private mutating func takeAlias(_ name: String, _ mark: Mark) {
        if isOpenForKey { return abort(mark, "expected a text as key, found the alias *\(name)") }
        guard !open.contains(where: { $0.anchor == name }) else {
            return abort(mark, "the alias *\(name) stands inside the node that it repeats")
        }
        guard let anchored = anchors[name] else { return abort(mark, Vocabulary(anchors.keys.sorted()).unknown("alias", name)) }
        guard open.count + anchored.height <= ConfigFile.maximumDepth else {
            return abort(mark, "nested too deeply: expected at most \(ConfigFile.maximumDepth) levels")
        }
        add(anchored.node, anchor: nil, size: anchored.size, height: anchored.height, mark: mark)
    }

    /// Puts a finished node where it belongs; its own inner nodes are counted already, unless an alias repeats them.
    private mutating func add(_ node: ConfigNode, anchor: String?, size: Int, height: Int, mark aliasMark: Mark? = nil) {
        nodes += aliasMark == nil ? 1 : size
        guard nodes <= ConfigFile.maximumNodes else {
            return abort(
                aliasMark ?? node.mark, "too much: expected at most \(ConfigFile.maximumNodes) values, those repeated by aliases included")
        }
        if let anchor { anchors[anchor] = Anchored(node: node, size: size, height: height) }
        guard let last = open.indices.last else {
            root = node
            return
        }
        open[last].height = max(open[last].height, height)
        guard open[last].isMapping else {
            open[last].elements.append(node)
            return
        }
        guard let key = open[last].key else { return }
        open[last].key = nil
        guard key.text != "<<", !key.text.isEmpty else { return }
        open[last].entries.append(ConfigNode.Entry(key: key.text, mark: key.mark, value: node))
    }

    private mutating func fail(_ mark: Mark, _ message: String) {
        var path = ""
        for frame in open {
            if frame.isMapping {
                guard let key = frame.key?.text else { break }
                path += (path.isEmpty ? "" : ".") + key
            } else {
                path += "[\(frame.elements.count + 1)]"
            }
        }
        faults.append(ConfigFault(file: file, mark: mark, path: path, message: message))
    }

    /// The tag as it is usually written.
    private static func short(_ tag: String) -> String {
        let standard = "tag:yaml.org,2002:"
        return tag.hasPrefix(standard) ? "!!" + tag.dropFirst(standard.count) : tag
    }

    private mutating func abort(_ mark: Mark, _ message: String) {
        fail(mark, message)
        isAborted = true
        wantsMore = false
    }
}
