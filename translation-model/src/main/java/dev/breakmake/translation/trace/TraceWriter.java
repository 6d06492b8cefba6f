package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.event.TranslationEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;

/**
 * Writes a trace file to a stream, one chunk at a time. {@link #finish} completes it; a file without that reads as truncated. The
 * stream is neither closed nor flushed before.
 */
public final class TraceWriter implements EventSink, AutoCloseable {
    /** Events per chunk: large enough to pack well, small enough to seek in. */
    public static final int DEFAULT_CHUNK_EVENTS = 16_384;

    /** {@code compression} of a file that is going to be compressed as a whole. */
    public static final int PLAIN = 0;

    private static final int COMPRESSION = 9;
    private static final int SOFT_RAW_LIMIT = TraceFormat.MAX_RAW_BYTES / 4;

    private final OutputStream out;
    private final int chunkEvents;
    private final ChunkEncoder chunk;
    private final TraceDigest digest = new TraceDigest();
    private final Steps steps = new Steps();
    private final List<TraceIndex.Entry> index = new ArrayList<>();
    private long offset;
    private long events;
    private long chunkStep;
    private boolean finished;

    /** Starts a file. */
    public TraceWriter(OutputStream out) throws IOException {
        this(out, DEFAULT_CHUNK_EVENTS);
    }

    /**
     * Starts a file.
     *
     * @param chunkEvents events per chunk, 1 to 65,536
     */
    public TraceWriter(OutputStream out, int chunkEvents) throws IOException {
        this(out, chunkEvents, COMPRESSION);
    }

    /**
     * Starts a file.
     *
     * @param chunkEvents events per chunk, 1 to 65,536
     * @param compression of the chunks as deflate counts it, {@link #PLAIN} to 9
     */
    public TraceWriter(OutputStream out, int chunkEvents, int compression) throws IOException {
        if (chunkEvents < 1 || chunkEvents > TraceFormat.MAX_CHUNK_EVENTS) {
            throw new IllegalArgumentException(
                    "events per chunk must be 1 to %d, not %d".formatted(TraceFormat.MAX_CHUNK_EVENTS, chunkEvents));
        }
        this.out = out;
        this.chunkEvents = chunkEvents;
        this.chunk = new ChunkEncoder(compression);
        ByteBuffer header = ByteBuffer.allocate(TraceFormat.FILE_HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        header.put(TraceFormat.MAGIC).putShort((short) TraceFormat.VERSION).putShort((short) 0);
        CRC32C crc = new CRC32C();
        crc.update(header.array(), 0, header.position());
        header.putInt((int) crc.getValue());
        write(header.array());
    }

    /**
     * Adds an event.
     *
     * @throws IllegalArgumentException if its sequence is not the next one, or the first event is no header
     * @throws UncheckedIOException if the stream fails
     */
    @Override
    public void accept(TranslationEvent event) {
        if (finished) {
            throw new IllegalStateException("the trace is finished");
        }
        if (event.sequence() != events) {
            throw new IllegalArgumentException(
                    "event %d follows event %d: sequences must be dense".formatted(event.sequence(), events - 1));
        }
        if ((EventType.of(event) == EventType.HEADER) != (events == 0)) {
            throw new IllegalArgumentException("a trace starts with exactly one header, found %s as event %d"
                    .formatted(EventType.of(event).word(), events));
        }
        if (chunk.events() == 0) {
            chunkStep = steps.current();
        }
        chunk.add(event, steps.current());
        steps.stepOf(event);
        digest.accept(event);
        events++;
        if (chunk.events() >= chunkEvents || ((events & 255) == 0 && chunk.rawLength() > SOFT_RAW_LIMIT)) {
            try {
                flushChunk();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the trace: " + e.getMessage(), e);
            }
        }
    }

    private void flushChunk() throws IOException {
        if (chunk.events() > 0) {
            index.add(new TraceIndex.Entry(offset, events - chunk.events(), chunkStep));
            write(chunk.finish());
        }
    }

    /** Writes what is left, the index and the end; returns what the end says. */
    public TraceSummary finish() throws IOException {
        if (finished) {
            throw new IllegalStateException("the trace is finished");
        }
        flushChunk();
        finished = true;
        long indexOffset = offset;
        byte[] sha = digest.finish();
        write(indexChunk());
        ByteBuffer end = ByteBuffer.allocate(TraceFormat.CHUNK_HEADER_BYTES + TraceFormat.END_PAYLOAD_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        end.position(TraceFormat.CHUNK_HEADER_BYTES);
        end.putLong(events).putLong(steps.current()).putLong(indexOffset).put(sha);
        int payload = TraceFormat.END_PAYLOAD_BYTES;
        new TraceFormat.ChunkHeader(TraceFormat.KIND_END, 0, payload, payload, events, steps.current()).put(end, 0);
        write(end.array());
        out.flush();
        return new TraceSummary(events, steps.current(), HexFormat.of().formatHex(sha), offset);
    }

    private byte[] indexChunk() {
        Column raw = new Column();
        raw.putVarint(index.size());
        long lastOffset = 0;
        long lastSequence = 0;
        long lastStep = 0;
        for (TraceIndex.Entry entry : index) {
            raw.putVarint(entry.offset() - lastOffset);
            raw.putVarint(entry.firstSequence() - lastSequence);
            raw.putVarint(entry.firstStep() - lastStep);
            lastOffset = entry.offset();
            lastSequence = entry.firstSequence();
            lastStep = entry.firstStep();
        }
        Deflater deflater = new Deflater(COMPRESSION, true);
        try {
            return ChunkEncoder.pack(deflater, TraceFormat.KIND_INDEX, 0, raw, events, steps.current());
        } finally {
            deflater.end();
        }
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        offset += bytes.length;
    }

    /** Frees native memory; does not complete the file. */
    @Override
    public void close() {
        chunk.close();
    }
}
