// The messages of game servers in both forms, by the same way as questions and their answers.

import CWire
import MatchCore

extension HeartbeatMessage: CodedMessage {
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .heartbeat) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .heartbeat) {
            bytes, shape, arena throws(WireError) in
            try HeartbeatMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

extension ClaimMessage: CodedMessage {
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .claim) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .claim) {
            bytes, shape, arena throws(WireError) in
            try ClaimMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

extension ClaimReplyMessage: CodedMessage {
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .claimReply) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .claimReply) {
            bytes, shape, arena throws(WireError) in
            try ClaimReplyMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

extension ReleaseMessage: CodedMessage {
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .release) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .release) {
            bytes, shape, arena throws(WireError) in
            try ReleaseMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

extension ReleaseReplyMessage: CodedMessage {
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .releaseReply) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .releaseReply) {
            bytes, shape, arena throws(WireError) in
            try ReleaseReplyMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}

extension ReportMessage: CodedMessage {
    package var protobuf: [UInt8] { MessageCoding.bytes { write(to: &$0) } }
    package var json: [UInt8] { JSONPrinter.json(of: protobuf, .report) }
    package init(_ bytes: UnsafeRawBufferPointer, as type: ContentType) throws(WireError) {
        self = try MessageCoding.read(bytes, as: type, .report) {
            bytes, shape, arena throws(WireError) in
            try ReportMessage(protobuf: bytes, shape: shape, &arena)
        }
    }
}
