/// What a person may paste to send a first signal to a host that has just started on this machine.
enum WebhookExample {
    /// The lines, the secret among them, so for a terminal only; nil where no secret is asked for or the listener is no loopback.
    static func lines(_ http: HTTPConfiguration, address: String, instrument: String) -> String? {
        guard let secret = http.secret, http.listen.isLoopback else { return nil }
        let body =
            "{\"secret\":\(JSONText.quoted(secret.reveal())),\"type\":\"MARKET_DATA\",\"instrument\":\(JSONText.quoted(instrument)),"
            + "\"price\":58210,\"atr\":350,\"supertrend\":57690,\"timestamp\":\""
        let quoted = body.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
        return """
            send it a price:
              curl -s \(address)/webhook -H 'Content-Type: application/json' \\
                -d '\(quoted)'$(date -u +%Y-%m-%dT%H:%M:%SZ)'"}'

            """
    }
}
