internal import Glibc

/// Why a server does not start.
enum HTTPServerError: Error, CustomStringConvertible {
    /// The library is of a release whose parsing in place was not examined.
    case unexaminedLibrary(String)
    /// The address cannot be listened on.
    case cannotListen(IPAddress, UInt16, code: Int32)
    /// The server was started before.
    case alreadyStarted

    var description: String {
        switch self {
        case .unexaminedLibrary(let version):
            "libmicrohttpd \(version) is installed; request framing is checked against the way that 0.9 parses, so only 0.9 is accepted"
        case .cannotListen(let address, let port, let code):
            "cannot listen on \(address) port \(port): \(String(cString: strerror(code)))"
        case .alreadyStarted: "the server was started before; make a new one"
        }
    }
}
