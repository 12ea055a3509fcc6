import FoundationEssentials
import MunimKit

@testable import munim

/// The real export, which lies beside the repository and never in it.
enum RealExport {
    /// Why tests that need it are skipped.
    static let absence = "no real export beside the repository; set MUNIM_SHARED to the folder that holds data/tradingview"

    /// The file, or nil where it is not.
    static let path: String? = {
        // Tests/HostTests/Replay/RealExport.swift: four steps up is the package.
        let root = "\(#filePath)".split(separator: "/").dropLast(4).map { "/\($0)" }.joined()
        var places = [root + "/../shared"]
        if let shared = ProcessInfo.processInfo.environment["MUNIM_SHARED"] { places.insert(shared, at: 0) }
        return places.map { $0 + "/data/tradingview/bank_nifty_v4_1.csv" }.first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// The export itself.
    static func read() throws -> TradingViewExport {
        let path = path ?? ""
        return try TradingViewExport.read(try InputFile.bytes(at: path), file: path)
    }
}
