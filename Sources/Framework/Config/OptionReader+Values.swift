extension OptionReader {
    /// The value of an option; without a default the option is required.
    ///
    /// - Parameters:
    ///   - kind: its type with bounds, such as `.lots.atLeast(Lots(1))`.
    ///   - value: what holds when the key is absent.
    ///   - unit: the unit for documentation, where the type does not say it.
    ///   - summary: one sentence for documentation.
    public mutating func value<Value>(
        _ key: String, _ kind: OptionKind<Value>, default value: Value? = nil, unit: String? = nil, summary: String
    ) -> Value {
        describe(key, kind, default: value.map { Shown.written(kind.text($0)) }, isRequired: value == nil, unit: unit, summary: summary)
        let holding = node(key).map { read($0, kind, path: path(of: key)) ?? kind.placeholder } ?? value
        guard let holding else {
            failMissing(key, kind.nounWithRange + (kind.form.map { " (\($0))" } ?? ""))
            return kind.placeholder
        }
        note(key, kind.effective(holding))
        return holding
    }

    /// The value of an option that may be left out, given as nothing or as an empty environment variable; then nil.
    public mutating func optional<Value>(_ key: String, _ kind: OptionKind<Value>, unit: String? = nil, summary: String) -> Value? {
        describe(key, kind, default: nil, isRequired: false, unit: unit, summary: summary)
        guard let node = node(key), !node.isNothing else {
            note(key, .nothing)
            return nil
        }
        let value = read(node, kind, path: path(of: key)) ?? kind.placeholder
        note(key, kind.effective(value))
        return value
    }

    /// The elements of a list; without a default the list is required.
    ///
    /// - Parameter count: how many elements are permitted.
    public mutating func list<Value>(
        _ key: String, of kind: OptionKind<Value>, default values: [Value]? = nil, count: ClosedRange<Int> = 0...10_000,
        unit: String? = nil,
        summary: String
    ) -> [Value] {
        let text = values.map { "[" + $0.map { Shown.written(kind.text($0)) }.joined(separator: ", ") + "]" }
        describe(key, kind, default: text, isRequired: values == nil, isList: true, unit: unit, summary: summary)
        let listNoun = "a list, each element \(kind.nounWithRange)"
        guard let node = node(key) else {
            if values == nil { failMissing(key, listNoun) }
            note(key, .list((values ?? []).map(kind.effective)))
            return values ?? []
        }
        guard let elements = elements(of: node, path(of: key), listNoun) else { return [] }
        if !count.contains(elements.count) {
            fail(
                node.mark, path(of: key), "expected a list of \(count.lowerBound) to \(count.upperBound) elements, found \(elements.count)")
        }
        let given = elements.enumerated().map { read($1, kind, path: "\(path(of: key))[\($0 + 1)]") ?? kind.placeholder }
        note(key, .list(given.map(kind.effective)))
        return given
    }

    /// Values under names that the user chooses, such as a margin for each contract.
    public mutating func values<Value>(
        _ key: String, of kind: OptionKind<Value>, unit: String? = nil, summary: String
    ) -> [(name: String, value: Value)] {
        describe(key + ".NAME", kind, default: nil, isRequired: false, unit: unit, summary: summary)
        guard let node = node(key) else {
            note(key, .section([]))
            return []
        }
        let (values, _) = Self.reading(node, path: path(of: key), mark: node.mark, record: record) { reader in
            let path = reader.path
            return reader.takeAll().map { ($0.key, reader.read($0.value, kind, path: path + "." + $0.key) ?? kind.placeholder) }
        }
        note(key, .section(values.map { EffectiveOption(key: $0.0, value: kind.effective($0.1)) }))
        return values
    }

    /// The value of a scalar, or nil after a fault was recorded.
    func read<Value>(_ node: ConfigNode, _ kind: OptionKind<Value>, path: String) -> Value? {
        if kind.isSecret { look(atSecret: node, path) }
        guard !node.isBroken else { return nil }
        let shown = kind.isSecret ? (node.isNothing ? "nothing" : node.isScalar ? "a value that is not shown" : node.shown) : node.shown
        let expected = kind.noun + (kind.range.map { " " + $0 } ?? "")
        guard case .scalar(let scalar) = node.content, !scalar.isNothing else {
            fail(node.mark, path, "expected \(expected), found \(shown)")
            return nil
        }
        do { return try kind.parse(scalar.text) } catch {
            switch error {
            case .malformed: fail(node.mark, path, "expected \(expected)\(kind.form.map { " (\($0))" } ?? ""), found \(shown)")
            case .remarked(let remark): fail(node.mark, path, "expected \(expected), found \(shown)\(remark)")
            case .meant(let texts, let remark):
                let advice = scalar.origin == .file ? ": write \(texts.joined(separator: " or "))" : ""
                fail(node.mark, path, "expected \(expected), found \(shown)\(remark)\(advice)")
            case .outOfRange: fail(node.mark, path, "expected \(expected), found \(shown)")
            }
            return nil
        }
    }

    func elements(of node: ConfigNode, _ path: String, _ expected: String) -> [ConfigNode]? {
        if case .sequence(let elements) = node.content { return elements }
        if !node.isBroken { fail(node.mark, path, "expected \(expected), found \(node.shown)") }
        return nil
    }

    func failMissing(_ key: String, _ expected: String) {
        fail(mark, path(of: key), "missing option: expected \(expected)")
        record.missing.insert(path(of: key))
    }

    private func describe<Value>(
        _ key: String, _ kind: OptionKind<Value>, default text: String?, isRequired: Bool, isList: Bool = false, unit: String?,
        summary: String
    ) {
        guard isDescribing else { return }
        record.descriptions.append(
            OptionDescription(
                path: path(of: key), type: isList ? "list of \(kind.name)" : kind.name, notation: kind.notation, words: kind.words,
                unit: unit, range: kind.range,
                defaultText: text, isRequired: isRequired, isSecret: kind.isSecret, summary: summary))
    }
}

extension ConfigNode {
    fileprivate var isScalar: Bool { if case .scalar = content { true } else { false } }
}
