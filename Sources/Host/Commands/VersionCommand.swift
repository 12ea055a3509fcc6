import MunimKit

/// `munim version`.
enum VersionCommand {
    static let command = Command(
        words: ["version"], summary: "Shows the version of the host, and the number and the digest of its plugin interface.",
        options: [.json],
        examples: ["munim version", "munim --version"], run: run)

    private struct Listing: Encodable {
        let version: String
        let abi: Int32
        let interface: String
        let build: String
    }

    @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
        let listing = Listing(
            version: Version.current, abi: loadedMunimABI(), interface: LibrarySymbols.text(loadedMunimInterface()), build: build)
        guard !input.isJSON else {
            try input.show(json: listing)
            return 0
        }
        input.show(["munim \(listing.version) (\(listing.build), plugin interface \(listing.abi), digest \(listing.interface))"])
        return 0
    }

    private static var build: String {
        #if DEBUG
            "debug"
        #else
            "release"
        #endif
    }
}

#if DEBUG
    /// `munim stop-points`, in test builds only.
    enum StopPointsCommand {
        static let command = Command(
            words: ["stop-points"],
            summary: "Lists the places at which a crash test may end or pause this test build, for MUNIM_STOP_AT and MUNIM_PAUSE_AT.",
            options: [.json], examples: ["MUNIM_STOP_AT=before-place munim serve"], run: run)

        @Sendable private static func run(_ input: CommandInput) async throws(CommandFailure) -> Int32 {
            let names = StopPoint.all.map(\.description)
            guard !input.isJSON else {
                try input.show(json: names)
                return 0
            }
            input.show(names)
            return 0
        }
    }
#endif
