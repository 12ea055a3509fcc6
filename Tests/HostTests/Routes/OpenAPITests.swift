import MunimKit
import Testing

@testable import munim

extension InterfaceTests {
    /// The description of the interface against the interface.
    @Suite(.timeLimit(.minutes(5))) struct OpenAPITests {
        @Test("The document and the routes name the same paths and methods, and each of them answers")
        func agreement() async throws {
            try await RunningHost.run { host async throws in
                let paths = try await host.get("/openapi.json").json["paths"].members
                let documented = paths.flatMap { path, methods in methods.members.keys.map { "\($0.uppercased()) \(path)" } }
                #expect(Set(documented) == Set(host.interface.main.routes.map { "\($0.method.rawValue) \($0.pattern)" }))
                #expect(documented.count == host.interface.main.routes.count)
                for (path, methods) in paths {
                    let filled = path.split(separator: "/").map { $0.hasPrefix("{") ? "unknown" : String($0) }.joined(separator: "/")
                    for method in ["get", "post", "put", "delete"] {
                        let body = method == "get" ? nil : "{\"nothing\":1}"
                        let reply = try await host.send(method.uppercased(), "/" + filled, body: body, token: RunningHost.token)
                        // A body with a stranger in it is refused before anything is done.
                        #expect((reply.status == 405) == (methods.members[method] == nil), "\(method) \(path) answers \(reply.status)")
                        if let described = methods.members[method] {
                            #expect(
                                described["responses"].members["\(reply.status)"] != nil,
                                "\(method) \(path): \(reply.status) is not described")
                        }
                    }
                }
            }
        }

        @Test("Each documented parameter is accepted with its example, and no other is")
        func parameters() async throws {
            try await RunningHost.run { host async throws in
                var tried = 0
                for (path, methods) in try await host.get("/openapi.json").json["paths"].members where !path.contains("{") {
                    let parameters = methods["get"]["parameters"].list
                    for parameter in parameters where parameter["name"].text != "cursor" {
                        let value = Self.example(parameter["schema"])
                        let reply = try await host.get("\(path)?\(parameter["name"].text ?? "")=\(value)")
                        #expect(reply.status == 200, "\(path) \(parameter)")
                        tried += 1
                    }
                    guard !parameters.isEmpty else { continue }
                    #expect(try await host.get("\(path)?nobody_knows_this=1").status == 400)
                }
                #expect(tried > 40)
            }
        }

        private static func example(_ schema: TestJSON) -> String {
            if let word = schema["enum"][0].text { return word }
            if schema["format"].text == "date-time" { return "2025-11-28T10:30:00Z" }
            return schema["type"].text == "integer" ? "\(Int(schema["minimum"].number ?? 0))" : "word"
        }

        @Test("Each required member of a body is asked for, all at once, and a stranger is refused")
        func bodies() async throws {
            try await RunningHost.run { host async throws in
                for (path, methods) in try await host.get("/openapi.json").json["paths"].members where !path.hasPrefix("/webhook") {
                    let schema = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
                    guard schema != .null else { continue }
                    let filled = path.replacing("{instrument}", with: "BANK_NIFTY")
                    let reply = try await host.command(filled, #"{"stranger":1}"#)
                    #expect(reply.status == 400)
                    let details = reply.json["details"].list.compactMap(\.text)
                    #expect(details.contains { $0.contains("stranger") })
                    for name in schema["required"].list.compactMap(\.text) {
                        #expect(details.contains { $0.hasPrefix("\(name): ") }, "\(path) \(name)")
                    }
                    #expect(details.count == schema["required"].list.count + 1)
                }
            }
        }

        @Test("The document has the shape of OpenAPI 3.1")
        func shape() async throws {
            try await RunningHost.run { host async throws in
                let document = try await host.get("/openapi.json").json
                #expect(document["openapi"].text == "3.1.0")
                #expect(document["info"]["title"].text == "munim")
                #expect(document["info"]["version"].text == Version.current)
                var identifiers: Set<String> = []
                for (path, methods) in document["paths"].members {
                    #expect(path.hasPrefix("/"))
                    for (method, operation) in methods.members {
                        #expect(["get", "post"].contains(method))
                        #expect(identifiers.insert(operation["operationId"].text ?? "").inserted)
                        #expect(operation["summary"].text?.hasSuffix(".") == true)
                        #expect(!operation["responses"].members.isEmpty)
                        for (status, response) in operation["responses"].members {
                            #expect(Int(status) != nil || status == "default")
                            #expect(response["description"].text?.isEmpty == false)
                        }
                        let captures = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
                        let inPath = operation["parameters"].list.filter { $0["in"].text == "path" }
                        #expect(inPath.compactMap { $0["name"].text } == captures)
                        #expect(inPath.allSatisfy { $0["required"].flag == true })
                        #expect(operation["security"].list.isEmpty == AccessTests.open.contains("\(method.uppercased()) \(path)"))
                    }
                }
                #expect(document["components"]["securitySchemes"]["operator"]["scheme"].text == "bearer")
            }
        }
    }
}
