import FoundationEssentials
import MunimKit

/// A check that goes beyond the options themselves, such as the examples of instruments; runs only on a configuration without faults.
typealias ConfigurationCheck = (_ configuration: HostConfiguration, _ file: String) -> [ConfigFault]

/// The result of `munim validate`.
struct ValidationReport: Sendable {
    /// The file as it was named.
    let file: String
    /// All faults, ordered by place; empty when the file is valid.
    let faults: [ConfigFault]
    /// What a person should mend although the file is valid, ordered by place.
    var warnings: [ConfigFault] = []
    /// The configuration when it is valid.
    let configuration: HostConfiguration?

    /// 0 for a valid file, 2 for one with faults.
    var exitCode: Int32 { faults.isEmpty ? 0 : 2 }

    /// Writes the report, one line for each call of `output`.
    func write(asJSON: Bool = false, to output: (String) -> Void) {
        guard !asJSON else { return output(json) }
        for fault in faults { output(fault.description) }
        for warning in warnings { output("warning: \(warning)") }
        if let configuration {
            let names = configuration.instruments.map(\.name.text).joined(separator: ", ")
            output(
                "\(file): valid; \(configuration.instance.mode.rawValue), broker \(configuration.broker.name), "
                    + "storage \(configuration.storage.name), instruments \(names)")
        } else {
            output("\(file): \(faults.count) \(faults.count == 1 ? "fault" : "faults")")
        }
    }

    /// The report as one JSON object.
    private var json: String {
        let listing = Listing(
            file: file, isValid: faults.isEmpty, faults: faults.map(Listing.Fault.init), warnings: warnings.map(Listing.Fault.init))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Only text and whole numbers are encoded, which cannot fail.
        let data = (try? encoder.encode(listing)) ?? Data("{}".utf8)
        return String(decoding: data, as: UTF8.self)
    }

    private struct Listing: Encodable {
        struct Fault: Encodable {
            let file: String
            let line: Int
            let column: Int
            let path: String
            let message: String

            init(_ fault: ConfigFault) {
                file = fault.file
                line = fault.mark.line
                column = fault.mark.column
                path = fault.path
                message = fault.message
            }
        }
        let file: String
        let isValid: Bool
        let faults: [Fault]
        let warnings: [Fault]
        enum CodingKeys: String, CodingKey {
            case file
            case isValid = "valid"
            case faults, warnings
        }
    }
}

/// Checks a configuration file completely and opens nothing but the file, and what `loading` opens.
///
/// - Parameters:
///   - registry: the plugins that are built in.
///   - environment: answers `${NAME}` references.
///   - loading: loads the dynamic plugins that the file names.
///   - checks: further checks; they run when the options have no fault.
///   - advice: what should be mended although the file is valid; asked when it is.
func validate(
    file: String, registry: PluginRegistry, environment: EnvironmentReferences, loading: PluginLoading = { _, _ in },
    checks: [ConfigurationCheck] = [], advice: [ConfigurationCheck] = []
) -> ValidationReport {
    let reading = ConfigurationReading(file: file, registry: registry, environment: environment, loading: loading)
    guard let configuration = reading.configuration else { return ValidationReport(file: file, faults: reading.faults, configuration: nil) }
    let faults = checks.flatMap { $0(configuration, file) }.sorted()
    guard faults.isEmpty else { return ValidationReport(file: file, faults: faults, configuration: nil) }
    let warnings = (reading.remarks + advice.flatMap { $0(configuration, file) }).sorted()
    return ValidationReport(file: file, faults: [], warnings: warnings, configuration: configuration)
}
