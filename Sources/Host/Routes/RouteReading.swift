import MunimKit

/// Reads the query and the body of a request as the description of its route says; reports every fault at once.
struct RouteReading {
    private var values: [String: RouteValue] = [:]
    private var faults: [String] = []

    /// The values that `request` gives to the fields of `route`.
    static func values(of request: HTTPRequest, for route: RouteDescription) throws(RouteRefusal) -> [String: RouteValue] {
        var reading = RouteReading()
        reading.take(route.parameters, "parameter", given: request.query) { (kind: RouteValueKind, text: String) in kind.read(text) }
        if let fields = route.body { reading.takeBody(request.body, fields) }
        guard reading.faults.isEmpty else { throw .badRequest(reading.faults) }
        return reading.values
    }

    private mutating func takeBody(_ body: [UInt8], _ fields: [RouteField]) {
        do throws(JSONFault) {
            // Nothing at all is as good as an object without members.
            let members = body.isEmpty ? [:] : try StrictJSON.object(body).members
            take(fields, "field", given: members) { (kind: RouteValueKind, value: JSONValue) in kind.read(value) }
        } catch {
            faults.append("body: found \(error.found) at byte \(error.offset), expected \(error.expected)")
        }
    }

    private mutating func take<Given>(
        _ fields: [RouteField], _ noun: String, given: [String: Given], read: (RouteValueKind, Given) -> Result<RouteValue, RouteFault>
    ) {
        let names = fields.map(\.name)
        for name in given.keys.sorted() where !names.contains(name) {
            faults.append(Vocabulary(names).unknown(noun, name))
        }
        for field in fields {
            guard let value = given[field.name] else {
                if field.isRequired { faults.append("\(field.name): found nothing, expected \(field.kind.expectation)") }
                values[field.name] = field.whenMissing
                continue
            }
            switch read(field.kind, value) {
            case .success(let value): values[field.name] = value
            case .failure(let fault): faults.append("\(field.name): \(fault.sentence)")
            }
        }
    }
}
