import MunimKit

/// Adds the plugins of a file to the registry; throws a sentence when they cannot be loaded.
typealias PluginLoading = (_ request: LoadRequest, _ registry: inout PluginRegistry) throws(PluginFault) -> Void

/// What became of a configuration file: either a configuration, or at least one fault.
struct ConfigurationReading: Sendable {
    /// The configuration; nil exactly when there are faults.
    let configuration: HostConfiguration?
    /// The registry with the plugins that the file asked to load.
    let registry: PluginRegistry
    /// All faults, ordered by place.
    let faults: [ConfigFault]

    /// Reads a file, then loads its dynamic plugins, then checks every option and everything that options refer to.
    ///
    /// Opens nothing but the file itself and what `loading` opens.
    init(file: String, registry: PluginRegistry, environment: EnvironmentReferences, loading: PluginLoading = { _, _ in }) {
        do {
            let bytes = try ConfigFile.bytes(at: file)
            self.init(bytes: bytes, file: file, registry: registry, environment: environment, loading: loading)
        } catch {
            self.init(registry: registry, faults: [ConfigFault(file: file, mark: .start, path: "", message: error.description)])
        }
    }

    private init(registry: PluginRegistry, faults: [ConfigFault]) {
        configuration = nil
        self.registry = registry
        self.faults = faults
    }

    /// Reads the text of a file that was named `file`.
    init(bytes: [UInt8], file: String, registry: PluginRegistry, environment: EnvironmentReferences, loading: PluginLoading = { _, _ in }) {
        var registry = registry
        let (written, syntaxFaults) = ConfigFile.parse(bytes, file: file)
        var faults = syntaxFaults
        var configuration: HostConfiguration?
        if let written {
            let (node, broken) = environment.expanding(written, file: file)
            faults += broken
            for request in LoadRequest.list(in: node, file: file) {
                do { try loading(request, &registry) } catch {
                    faults.append(ConfigFault(file: file, mark: request.mark, path: request.option, message: error.description))
                }
            }
            let (value, optionFaults) = HostConfiguration.read(node, file: file, registry: registry)
            faults += optionFaults
            configuration = value
        }
        self.configuration = faults.isEmpty ? configuration : nil
        self.registry = registry
        self.faults = faults.sorted()
    }
}
