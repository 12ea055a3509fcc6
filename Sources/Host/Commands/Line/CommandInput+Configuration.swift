import MunimKit

extension CommandInput {
    /// The built-in plugins.
    func builtIns() throws(CommandFailure) -> PluginRegistry {
        do { return try Builtins.registry() } catch { throw .failed(error.description) }
    }

    /// A configuration with its dynamic plugins; every fault is told, then the command ends with 2.
    func configuration(_ file: String) throws(CommandFailure) -> HostConfiguration {
        let reading = ConfigurationReading(
            file: file, registry: try builtIns(), environment: world.environment, loading: DynamicPlugin.loading(beside: file))
        guard let configuration = reading.configuration else {
            for fault in reading.faults { world.errors(fault.description) }
            throw .usage("")
        }
        return configuration
    }

    /// The configuration that is meant.
    func configuration() throws(CommandFailure) -> HostConfiguration { try configuration(configurationFile) }

    /// Prints a value as JSON.
    func show(json value: some Encodable) throws(CommandFailure) {
        do { world.output(String(decoding: try InterfaceCoding.encode(value, isPretty: true), as: UTF8.self)) } catch {
            throw .failed("the result cannot be written as JSON: \(error)")
        }
    }

    /// Prints lines.
    func show(_ lines: [String]) { lines.forEach(world.output) }
}
