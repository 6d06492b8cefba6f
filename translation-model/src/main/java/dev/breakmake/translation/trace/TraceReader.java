package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.trace.TraceFormatException.BadField;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Reads a trace file from front to end. Checksums, order, counts and the digest are verified; a trace that fails any of them ends in
 * a {@link TraceFormatException}, and what was delivered before must not be judged.
 */
public final class TraceReader {
    private final InputStream in;
    private final TraceDigest digest = new TraceDigest();
    private final Steps steps = new Steps();
    private long offset;
    private long events;
    private long indexOffset = -1;

    private TraceReader(InputStream in) {
        this.in = in;
    }

    /** Whether a file starts like a binary trace; {@code start} needs its first 8 bytes. */
    public static boolean recognises(byte[] start) {
        int length = TraceFormat.MAGIC.length;
        return start.length >= length && Arrays.equals(start, 0, length, TraceFormat.MAGIC, 0, length);
    }

    /**
     * Reads the whole trace and gives every event to the sink. Memory is bounded by one chunk.
     *
     * @throws TraceFormatException if the trace is truncated, damaged or of another version
     */
    public static TraceSummary read(InputStream in, EventSink sink) throws IOException {
        return new TraceReader(in).readAll(sink);
    }

    private TraceSummary readAll(EventSink sink) throws IOException {
        byte[] header = in.readNBytes(TraceFormat.FILE_HEADER_BYTES);
        checkFileHeader(header);
        offset = header.length;
        EventSink all = event -> {
            digest.accept(event);
            steps.stepOf(event);
            sink.accept(event);
        };
        while (true) {
            Chunk chunk = nextChunk();
            TraceFormat.ChunkHeader head = chunk.header();
            if (head.firstSequence() != events || head.firstStep() != steps.current()) {
                throw at(
                        chunk.offset(),
                        "chunk of event %d, step %d stands where event %d, step %d belongs; the file was reordered or lost a part"
                                .formatted(head.firstSequence(), head.firstStep(), events, steps.current()));
            }
            if (indexOffset >= 0 && head.kind() != TraceFormat.KIND_END) {
                throw at(chunk.offset(), "only the end may follow the index");
            }
            switch (head.kind()) {
                case TraceFormat.KIND_EVENTS -> {
                    try {
                        ChunkDecoder.decode(chunk.raw(), head.events(), events, all);
                    } catch (BadField e) {
                        throw at(chunk.offset(), "bad chunk: " + e.reason());
                    }
                    events += head.events();
                }
                case TraceFormat.KIND_INDEX -> indexOffset = chunk.offset();
                default -> {
                    return end(chunk);
                }
            }
        }
    }

    private TraceSummary end(Chunk chunk) throws IOException {
        TraceSummary summary = parseEnd(chunk, offset);
        long index = ByteBuffer.wrap(chunk.raw()).order(ByteOrder.LITTLE_ENDIAN).getLong(16);
        if (summary.events() != events || summary.steps() != steps.current() || index != indexOffset) {
            throw at(
                    chunk.offset(),
                    "the end counts %d events and %d steps, the file holds %d and %d"
                            .formatted(summary.events(), summary.steps(), events, steps.current()));
        }
        if (!digest.finishHex().equals(summary.digest())) {
            throw at(chunk.offset(), "the digest of the events is not the one the end states");
        }
        if (in.read() >= 0) {
            throw at(offset, "bytes follow the end of the trace");
        }
        return summary;
    }

    /** One chunk, unpacked. */
    record Chunk(long offset, TraceFormat.ChunkHeader header, byte[] raw) {}

    private Chunk nextChunk() throws IOException {
        long start = offset;
        byte[] header = in.readNBytes(TraceFormat.CHUNK_HEADER_BYTES);
        if (header.length < TraceFormat.CHUNK_HEADER_BYTES) {
            throw at(
                    start + header.length,
                    "truncated: the file ends after event %d without its end mark; take the whole file"
                            .formatted(events - 1));
        }
        TraceFormat.ChunkHeader head = checkChunkHeader(header, start);
        byte[] payload = in.readNBytes(head.storedLength());
        if (payload.length < head.storedLength()) {
            throw at(
                    start + header.length + payload.length,
                    "truncated: the file ends inside the chunk that starts at offset " + start);
        }
        offset = start + header.length + payload.length;
        return new Chunk(start, head, unpack(header, payload, head, start));
    }

    static void checkFileHeader(byte[] header) throws TraceFormatException {
        if (!recognises(header)) {
            throw at(0, "this is no Breakmake trace: it does not start with the trace magic");
        }
        if (header.length < TraceFormat.FILE_HEADER_BYTES) {
            throw at(header.length, "truncated: the file ends inside its header");
        }
        ByteBuffer buffer = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        CRC32C crc = new CRC32C();
        crc.update(header, 0, 12);
        if ((int) crc.getValue() != buffer.getInt(12)) {
            throw at(12, "the file header is damaged: its checksum does not match");
        }
        int version = Short.toUnsignedInt(buffer.getShort(8));
        if (version != TraceFormat.VERSION) {
            throw at(
                    8,
                    "trace version %d; this program reads version %d, use a matching one"
                            .formatted(version, TraceFormat.VERSION));
        }
        if (buffer.getShort(10) != 0) {
            throw at(10, "unknown flags 0x%x in the file header".formatted(Short.toUnsignedInt(buffer.getShort(10))));
        }
    }

    static TraceFormat.ChunkHeader checkChunkHeader(byte[] header, long start) throws TraceFormatException {
        ByteBuffer buffer = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        if (buffer.getInt(0) != TraceFormat.CHUNK_MAGIC) {
            throw at(start, "no chunk starts here; the file is damaged");
        }
        TraceFormat.ChunkHeader head = TraceFormat.ChunkHeader.get(buffer);
        boolean lengths = head.rawLength() >= 0
                && head.rawLength() <= TraceFormat.MAX_RAW_BYTES
                && head.storedLength() >= 0
                && head.storedLength() <= head.rawLength();
        boolean counts = head.events() >= 0
                && head.events() <= TraceFormat.MAX_CHUNK_EVENTS
                && (head.events() > 0) == (head.kind() == TraceFormat.KIND_EVENTS);
        if (head.kind() < TraceFormat.KIND_EVENTS || head.kind() > TraceFormat.KIND_END || !lengths || !counts) {
            throw at(
                    start,
                    "impossible chunk header (kind %d, %d events, %d bytes, %d stored)"
                            .formatted(head.kind(), head.events(), head.rawLength(), head.storedLength()));
        }
        return head;
    }

    static byte[] unpack(byte[] header, byte[] payload, TraceFormat.ChunkHeader head, long start)
            throws TraceFormatException {
        CRC32C crc = new CRC32C();
        crc.update(header, 0, TraceFormat.CHUNK_HEADER_BYTES - 4);
        crc.update(payload);
        int stored = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getInt(TraceFormat.CHUNK_HEADER_BYTES - 4);
        if ((int) crc.getValue() != stored) {
            throw at(start, "the chunk is damaged: its checksum does not match");
        }
        return head.storedLength() == head.rawLength() ? payload : Inflation.inflate(payload, head.rawLength(), start);
    }

    static TraceSummary parseEnd(Chunk chunk, long fileBytes) throws TraceFormatException {
        if (chunk.raw().length != TraceFormat.END_PAYLOAD_BYTES) {
            throw at(
                    chunk.offset(),
                    "the end mark has %d bytes instead of %d"
                            .formatted(chunk.raw().length, TraceFormat.END_PAYLOAD_BYTES));
        }
        ByteBuffer buffer = ByteBuffer.wrap(chunk.raw()).order(ByteOrder.LITTLE_ENDIAN);
        byte[] sha = Arrays.copyOfRange(chunk.raw(), 24, TraceFormat.END_PAYLOAD_BYTES);
        return new TraceSummary(
                buffer.getLong(0), buffer.getLong(8), HexFormat.of().formatHex(sha), fileBytes);
    }

    static TraceFormatException at(long offset, String message) {
        return new TraceFormatException("offset " + offset, offset, message);
    }
}
