// Questions and their answers in both forms, by one way for all of them.

import CWire
import MatchCore

/// A message that travels by itself, in either form.
package protocol CodedMessage: Equatable, Sendable {
    /// The protobuf form.
    var protobuf: [UInt8] { get }
    /// - Throws: `WireError` for whatever is not exactly such a message of version 1.
    init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError)
    /// The JSON form: one line of UTF-8 without a line break.
    var json: [UInt8] { get }
}

extension CodedMessage {
    package func encoded(as type: ContentType) -> [UInt8] { type == .json ? json : protobuf }
}

/// A message of proto/muster/v1/rpc.proto.
package protocol RPCMessage: CodedMessage {
    /// The subject on which it is asked; for an answer, on which its question is.
    static var subject: String { get }
}

extension ExplainMessage: RPCMessage {
    package static var subject: String { Subject.explain }
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .explain) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .explain) {
            bytes, shape, arena throws(WireError) in
            try ExplainMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

extension ExplanationMessage: RPCMessage {
    package static var subject: String { Subject.explain }
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .explanation) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .explanation) {
            bytes, shape, arena throws(WireError) in
            try ExplanationMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

extension EstimateMessage: RPCMessage {
    package static var subject: String { Subject.estimate }
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .estimate) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .estimate) {
            bytes, shape, arena throws(WireError) in
            try EstimateMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

extension EstimationMessage: RPCMessage {
    package static var subject: String { Subject.estimate }
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .estimation) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .estimation) {
            bytes, shape, arena throws(WireError) in
            try EstimationMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

/// The steps that all of them share.
enum MessageCoding {
    static func bytes(_ write: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        write(&writer)
        return writer.finish()
    }

    static func read<Message>(
        _ bytes: UnsafeRawBufferPointer, as type: ContentType, _ envelope: Envelope,
        _ body: (UnsafeRawBufferPointer, IssueList, inout MessageArena) throws(WireError) -> Message
    ) throws(WireError) -> Message {
        if type == .protobuf {
            try Unpacked.checkSize(bytes.count, of: envelope)
            var arena = MessageArena(messageByteCountMax: bytes.count)
            return try body(bytes, IssueList(), &arena)
        }
        let transcoded = try JSONTranscoder.protobuf(of: bytes, envelope)
        var arena = MessageArena(messageByteCountMax: transcoded.bytes.count)
        return try transcoded.bytes.withRawBytes { buffer throws(WireError) in
            try body(buffer, transcoded.issues, &arena)
        }
    }
}
