// What a route of the HTTP endpoint answers: a whole body in memory, made at once.

/// One answer.
package struct HTTPResponse: Sendable, Equatable {
    /// HTTP status code, 200...599.
    package let status: Int
    /// MIME type with its parameters.
    package let contentType: String
    package let body: [UInt8]

    package init(status: Int, contentType: String, body: [UInt8]) {
        precondition((200...599).contains(status))
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// A short answer in words.
    package static func text(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status: status, contentType: "text/plain; charset=utf-8",
            body: Array((text + "\n").utf8))
    }
}
