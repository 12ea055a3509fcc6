/// What reading a configuration brought to light.
public struct OptionFindings: Sendable {
    /// What is wrong, ordered by place.
    public let faults: [ConfigFault]
    /// What a person should mend although it can be used, ordered by place.
    public let remarks: [ConfigFault]
    /// The options that are secrets and were given, whether they could be read or not.
    public let secretPaths: Set<String>
}

extension OptionReader {
    /// What all sections of one reading share.
    final class Record {
        let file: String
        var faults: [ConfigFault] = []
        var descriptions: [OptionDescription] = []
        /// The options that each section knows, by its path.
        var known: [String: [String]] = [:]
        /// Required options that were left out.
        var missing: Set<String> = []
        private var remarks: [ConfigFault] = []
        private var secretPaths: Set<String> = []
        private var secrets: [GivenSecret] = []

        /// A secret that was read, for comparison with others.
        private struct GivenSecret {
            let text: String
            let mark: Mark
            let path: String
            /// The path without the numbers of lists: two channels may share the token of one service.
            let purpose: String
        }

        init(file: String) { self.file = file }

        /// All that was found; one secret that serves two purposes is a fault at the second.
        var findings: OptionFindings {
            OptionFindings(faults: (faults + sharedSecrets).sorted(), remarks: remarks.sorted(), secretPaths: secretPaths)
        }

        /// Whether an option or an element of its list has a fault.
        func isFaulty(_ path: String) -> Bool {
            faults.contains { $0.path == path || $0.path.hasPrefix(path + "[") }
        }

        fileprivate func take(secret node: ConfigNode, _ path: String) {
            secretPaths.insert(path)
            guard case .scalar(let scalar) = node.content, !scalar.isNothing, !scalar.text.isEmpty else { return }
            let purpose = path.split(separator: "[").map { $0.drop { $0.isNumber } }.joined()
            secrets.append(GivenSecret(text: scalar.text, mark: node.mark, path: path, purpose: purpose))
            guard scalar.origin == .file else { return }
            let message = "the secret stands in the file as it is: expected a variable of the environment, as ${NAME}"
            remarks.append(ConfigFault(file: file, mark: node.mark, path: path, message: message))
        }

        private var sharedSecrets: [ConfigFault] {
            // One that is no secret at all is reported as that.
            let secrets = secrets.filter { !isFaulty($0.path) }
            return secrets.enumerated().compactMap { index, secret in
                let first = secrets[..<index].first { $0.text == secret.text && $0.purpose != secret.purpose }
                return first.map {
                    ConfigFault(
                        file: file, mark: secret.mark, path: secret.path,
                        message: "expected a secret of its own, found that of \($0.path): who learns one would have both")
                }
            }
        }
    }

    /// Notes a secret, and that it stands in the file, where anybody reads it who reads the file.
    func look(atSecret node: ConfigNode, _ path: String) {
        record.take(secret: node, path)
        guard case .scalar(let scalar) = node.content, case .environment(let raw) = scalar.origin,
            EnvironmentReferences.hasDefault(raw)
        else { return }
        fail(node.mark, path, "a secret has no default, which would stand in the file: expected a variable of the environment, as ${NAME}")
    }
}
