extension OptionReader {
    /// The options of a nested section; a section that is absent is read as an empty one, so that its defaults hold.
    public mutating func section<Value>(_ key: String, summary: String, _ body: (inout OptionReader) throws -> Value) rethrows -> Value {
        describeSection(key, type: "section", isRequired: false, summary: summary)
        let node = node(key)
        if let value = try withoutFile(key, body) { return value }
        let (value, effective) = try Self.reading(
            node ?? ConfigNode(.mapping([]), mark: mark), path: path(of: key), mark: keyMark(key) ?? mark, record: record, body)
        note(key, effective)
        return value
    }

    /// The options of a nested section, or nil when the key is absent or given as nothing.
    public mutating func optionalSection<Value>(
        _ key: String, summary: String, _ body: (inout OptionReader) throws -> Value
    ) rethrows -> Value? {
        describeSection(key, type: "optional section", isRequired: false, summary: summary)
        if isDescribing { return try withoutFile(key, body) }
        guard let node = node(key), !node.isNothing else {
            note(key, .nothing)
            return nil
        }
        let (value, effective) = try Self.reading(node, path: path(of: key), mark: keyMark(key) ?? mark, record: record, body)
        note(key, effective)
        return value
    }

    /// Sections under names that the user chooses, in the order of the file.
    public mutating func entries<Value>(
        _ key: String, summary: String, _ body: (_ name: String, inout OptionReader) throws -> Value
    ) rethrows -> [(name: String, value: Value)] {
        describeSection(key, type: "named sections", isRequired: false, summary: summary)
        if isDescribing { return try withoutFile(key + ".NAME") { try body("NAME", &$0) }.map { [("NAME", $0)] } ?? [] }
        guard let node = node(key), !node.isNothing else {
            note(key, .section([]))
            return []
        }
        let record = record
        let (values, effective) = try Self.reading(node, path: path(of: key), mark: node.mark, record: record) { reader in
            let path = reader.path
            return try reader.takeAll().map { entry in
                let (value, effective) = try Self.reading(
                    entry.value, path: path + "." + entry.key, mark: entry.mark, record: record
                ) { inner in try body(entry.key, &inner) }
                reader.note(entry.key, effective)
                return (entry.key, value)
            }
        }
        note(key, effective)
        return values
    }

    /// A list of sections, such as a table of dated values, in the order of the file.
    ///
    /// - Parameter isRequired: whether the list must be given with at least one row.
    public mutating func rows<Value>(
        _ key: String, isRequired: Bool = false, summary: String, _ body: (inout OptionReader) throws -> Value
    ) rethrows -> [Value] {
        describeSection(key, type: "list of sections", isRequired: isRequired, summary: summary)
        if isDescribing { return try withoutFile(key + "[]", body).map { [$0] } ?? [] }
        guard let node = node(key), !node.isNothing else {
            if isRequired { failMissing(key, "a list of sections") }
            note(key, .list([]))
            return []
        }
        let listPath = path(of: key)
        guard let elements = elements(of: node, listPath, "a list of sections") else { return [] }
        if isRequired, elements.isEmpty { fail(node.mark, listPath, "expected a list of at least 1 section, found none") }
        let rows = try elements.enumerated().map { index, element in
            try Self.reading(element, path: "\(listPath)[\(index + 1)]", mark: element.mark, record: record, body)
        }
        note(key, .list(rows.map(\.effective)))
        return rows.map(\.value)
    }

    /// Runs `body` with nothing to read, describing or muted as this reader is; nil when there is a file to read.
    private func withoutFile<Value>(_ key: String, _ body: (inout OptionReader) throws -> Value) rethrows -> Value? {
        if case .entries = source { return nil }
        var reader = OptionReader(path: path(of: key), mark: mark, source: source, record: record)
        return try body(&reader)
    }

    private func keyMark(_ key: String) -> Mark? {
        guard case .entries(let entries) = source else { return nil }
        return entries.first { $0.key == key }?.mark
    }

    private func describeSection(_ key: String, type: String, isRequired: Bool, summary: String) {
        guard isDescribing else { return }
        record.descriptions.append(OptionDescription(path: path(of: key), type: type, isRequired: isRequired, summary: summary))
    }
}
