import Testing

@testable import munim

extension InterfaceTests {
    /// The words of the description.
    @Suite(.timeLimit(.minutes(5))) struct SchemaWordsTests {
        @Test("Every schema, member and parameter of the description has its sentence, and every reference leads somewhere")
        func sentences() async throws {
            try await RunningHost.run { host async throws in
                let document = try await host.get("/openapi.json").json
                let check = SchemaCheck(document: document)
                var objects = 0
                func walk(_ json: TestJSON, _ path: String) {
                    if let reference = json["$ref"].text { #expect(check.resolved(reference) != nil, "\(path): \(reference)") }
                    if case .object(let properties) = json["properties"], json["type"] != .null {
                        objects += 1
                        for (name, property) in properties {
                            #expect(property["description"].text?.hasSuffix(".") == true, "\(path).\(name) has no sentence")
                        }
                        for name in json["required"].list.compactMap(\.text) { #expect(properties[name] != nil, "\(path).\(name)") }
                    }
                    for (name, member) in json.members { walk(member, "\(path).\(name)") }
                    for (index, element) in json.list.enumerated() { walk(element, "\(path)[\(index)]") }
                }
                walk(document, "$")
                #expect(objects > 60)
                for (name, schema) in document["components"]["schemas"].members {
                    #expect(schema["description"].text?.hasSuffix(".") == true, "\(name) has no sentence")
                }
            }
        }

        @Test("The words for members are those of the members, no more and no fewer, and no two types have one name")
        func meanings() async throws {
            try await RunningHost.run { host async throws in
                let catalogue = SchemaCatalogue()
                for answer in host.interface.mainTable.flatMap(\.responses.values) {
                    guard case .value(let types) = answer.body else { continue }
                    for type in types { _ = try catalogue.schema(of: type) }
                }
                #expect(catalogue.types.count > 30)
                for type in catalogue.types {
                    guard case .object(let properties)? = catalogue.schemas[type.schemaName]?.members["properties"] else {
                        Issue.record("\(type.schemaName) has no members")
                        continue
                    }
                    #expect(Set(properties.keys) == Set(type.meanings.keys), "\(type.schemaName)")
                    #expect(type.nullable.isSubset(of: properties.keys), "\(type.schemaName)")
                }
            }
        }
    }
}
