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
    /// What a person should mend although the file can be used, ordered by place.
    let remarks: [ConfigFault]

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
        remarks = []
    }

    /// Reads the text of a file that was named `file`.
    init(bytes: [UInt8], file: String, registry: PluginRegistry, environment: EnvironmentReferences, loading: PluginLoading = { _, _ in }) {
        var registry = registry
        let (written, syntaxFaults) = ConfigFile.parse(bytes, file: file)
        var faults = syntaxFaults
        var remarks: [ConfigFault] = []
        var configuration: HostConfiguration?
        if let written {
            let (node, broken) = environment.expanding(written, file: file)
            var isLoaded = true
            for request in LoadRequest.list(in: node, file: file) {
                do { try loading(request, &registry) } catch {
                    isLoaded = false
                    faults.append(ConfigFault(file: file, mark: request.mark, path: request.option, message: error.description))
                }
            }
            let (value, findings) = HostConfiguration.read(node, file: file, registry: registry, isComplete: isLoaded)
            let isSecretBroken = broken.contains { findings.secretPaths.contains($0.path) }
            faults += isSecretBroken ? environment.expanding(written, file: file, secretPaths: findings.secretPaths).faults : broken
            faults += findings.faults
            remarks = findings.remarks
            configuration = value
        }
        self.configuration = faults.isEmpty ? configuration : nil
        self.registry = registry
        self.faults = faults.sorted()
        self.remarks = remarks
    }
}
