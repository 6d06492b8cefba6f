package dev.breakmake.translation.trace;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Constants and layout of trace files; docs/trace-format.md is the same in words. All numbers are little-endian. */
final class TraceFormat {
    /** Version this code writes; it reads no other. */
    static final int VERSION = 1;

    /** First bytes of a file; CR, LF and a byte above 127 reveal text-mode transfers. */
    static final byte[] MAGIC = {(byte) 0x89, 'B', 'M', 'T', '\r', '\n', 0x1a, '\n'};

    /** Magic, version, flags, CRC-32C. */
    static final int FILE_HEADER_BYTES = 16;

    static final int CHUNK_MAGIC = 0x4b43_4d42;
    static final int CHUNK_HEADER_BYTES = 40;

    static final int KIND_EVENTS = 1;
    static final int KIND_INDEX = 2;
    static final int KIND_END = 3;

    /** Payload of the end chunk: events, steps, offset of the index chunk, SHA-256. */
    static final int END_PAYLOAD_BYTES = 56;

    /** Events of a chunk at most; readers rely on it to bound memory. */
    static final int MAX_CHUNK_EVENTS = 65_536;

    /** Bytes of a chunk at most, unpacked. */
    static final int MAX_RAW_BYTES = 1 << 25;

    private TraceFormat() {}

    /**
     * The header of a chunk.
     *
     * @param kind what the payload is
     * @param events number of events in it
     * @param rawLength bytes of the payload unpacked
     * @param storedLength bytes of the payload as stored; equal to {@code rawLength} if not compressed
     * @param firstSequence sequence of its first event
     * @param firstStep step of its first event
     */
    record ChunkHeader(int kind, int events, int rawLength, int storedLength, long firstSequence, long firstStep) {

        /** Writes header and checksum; the payload stands behind it already. */
        void put(ByteBuffer buffer, int at) {
            buffer.putInt(at, CHUNK_MAGIC)
                    .putInt(at + 4, kind)
                    .putInt(at + 8, events)
                    .putInt(at + 12, rawLength)
                    .putInt(at + 16, storedLength)
                    .putLong(at + 20, firstSequence)
                    .putLong(at + 28, firstStep)
                    .putInt(at + 36, checksum(buffer, at, storedLength));
        }

        static ChunkHeader get(ByteBuffer buffer) {
            return new ChunkHeader(
                    buffer.getInt(4),
                    buffer.getInt(8),
                    buffer.getInt(12),
                    buffer.getInt(16),
                    buffer.getLong(20),
                    buffer.getLong(28));
        }
    }

    /** CRC-32C of a chunk: the header without its checksum field, then the payload. */
    static int checksum(ByteBuffer buffer, int at, int storedLength) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.array(), buffer.arrayOffset() + at, CHUNK_HEADER_BYTES - 4);
        crc.update(buffer.array(), buffer.arrayOffset() + at + CHUNK_HEADER_BYTES, storedLength);
        return (int) crc.getValue();
    }
}
