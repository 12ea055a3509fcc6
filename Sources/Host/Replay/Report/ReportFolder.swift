import Glibc
import MunimKit

/// The three files of a report.
enum ReportFolder {
    /// Writes page, JSON and CSV into a folder, which is made if it is not there; throws a sentence when it cannot.
    static func write(_ report: ReplayReport, to folder: String) throws(PluginFault) {
        try make(folder)
        try write(ReplayPage(report: report).html, to: folder + "/index.html")
        try write(report.json.encoded + "\n", to: folder + "/report.json")
        try write(report.tradesCSV, to: folder + "/trades.csv")
    }

    private static func make(_ folder: String) throws(PluginFault) {
        var path = folder.hasPrefix("/") ? "/" : ""
        for part in folder.split(separator: "/") {
            path += part + "/"
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
                throw PluginFault("the folder \(path) cannot be made: \(String(cString: strerror(errno)))")
            }
        }
    }

    private static func write(_ text: String, to path: String) throws(PluginFault) {
        guard let file = fopen(path, "wbe") else { throw PluginFault("\(path) cannot be written: \(String(cString: strerror(errno)))") }
        let bytes = Array(text.utf8)
        let written = fwrite(bytes, 1, bytes.count, file)
        guard fclose(file) == 0, written == bytes.count else {
            throw PluginFault("\(path) could not be written completely: \(String(cString: strerror(errno)))")
        }
    }
}
