package dev.breakmake.translation.trace;

import dev.breakmake.translation.event.EventSink;
import dev.breakmake.translation.trace.TraceFormatException.BadField;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A trace file opened at its end: the summary and index without reading the events, then any range of steps. Chunks read this way
 * are checked one by one; only {@link TraceReader} checks the digest of the whole.
 */
public final class TraceFile {
    private static final int END_BYTES = TraceFormat.CHUNK_HEADER_BYTES + TraceFormat.END_PAYLOAD_BYTES;

    private final SeekableByteChannel channel;
    private final TraceSummary summary;
    private final TraceIndex index;

    private TraceFile(SeekableByteChannel channel, TraceSummary summary, TraceIndex index) {
        this.channel = channel;
        this.summary = summary;
        this.index = index;
    }

    /**
     * Reads header, end and index. The channel stays the caller's to close.
     *
     * @throws TraceFormatException if any of them is missing or damaged
     */
    public static TraceFile open(SeekableByteChannel channel) throws IOException {
        long size = channel.size();
        TraceReader.checkFileHeader(read(channel, 0, (int) Math.min(size, TraceFormat.FILE_HEADER_BYTES)));
        long endOffset = size - END_BYTES;
        if (endOffset < TraceFormat.FILE_HEADER_BYTES) {
            throw TraceReader.at(size, "truncated: the file has no end mark; take the whole file");
        }
        TraceReader.Chunk end;
        try {
            end = chunk(channel, endOffset, size);
        } catch (TraceFormatException e) {
            throw TraceReader.at(
                    endOffset,
                    "truncated or damaged: the file does not close with an end mark (" + e.getMessage() + ")");
        }
        if (end.header().kind() != TraceFormat.KIND_END) {
            throw TraceReader.at(endOffset, "truncated: the file does not close with an end mark; take the whole file");
        }
        TraceSummary summary = TraceReader.parseEnd(end, size);
        long indexOffset =
                ByteBuffer.wrap(end.raw()).order(ByteOrder.LITTLE_ENDIAN).getLong(16);
        if (indexOffset < TraceFormat.FILE_HEADER_BYTES || indexOffset >= endOffset) {
            throw TraceReader.at(endOffset, "the index cannot stand at offset " + indexOffset);
        }
        return new TraceFile(channel, summary, parseIndex(chunk(channel, indexOffset, endOffset), indexOffset));
    }

    private static TraceIndex parseIndex(TraceReader.Chunk chunk, long end) throws TraceFormatException {
        if (chunk.header().kind() != TraceFormat.KIND_INDEX) {
            throw TraceReader.at(chunk.offset(), "the end mark points to something that is no index");
        }
        List<TraceIndex.Entry> entries = new ArrayList<>();
        ColumnReader reader = new ColumnReader(chunk.raw(), 0, chunk.raw().length);
        try {
            long count = reader.varint();
            long offset = 0;
            long sequence = 0;
            long step = 0;
            for (long i = 0; i < count; i++) {
                long distance = reader.varint();
                long events = reader.varint();
                long steps = reader.varint();
                if (distance <= 0 || events < 0 || steps < 0 || distance >= end - offset) {
                    throw new BadField("entry %d does not ascend".formatted(i));
                }
                offset += distance;
                sequence += events;
                step += steps;
                entries.add(new TraceIndex.Entry(offset, sequence, step));
            }
            if (!reader.atEnd()) {
                throw new BadField("bytes follow the last entry");
            }
        } catch (BadField e) {
            throw TraceReader.at(chunk.offset(), "bad index: " + e.reason());
        }
        return new TraceIndex(entries);
    }

    /** What the end states. */
    public TraceSummary summary() {
        return summary;
    }

    /** Where the chunks stand. */
    public TraceIndex index() {
        return index;
    }

    /**
     * Gives the events of steps {@code first} to {@code last} (inclusive) to the sink, in order. Event 0, the header, belongs to step
     * 0.
     */
    public void readSteps(long first, long last, EventSink sink) throws IOException {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("no steps %d to %d".formatted(first, last));
        }
        Steps steps = new Steps();
        for (int i = index.chunkOfStep(first); i < index.entries().size(); i++) {
            TraceIndex.Entry entry = index.entries().get(i);
            if (entry.firstStep() > last) {
                return;
            }
            long end =
                    i + 1 < index.entries().size() ? index.entries().get(i + 1).offset() : channel.size();
            TraceReader.Chunk chunk = chunk(channel, entry.offset(), end);
            TraceFormat.ChunkHeader head = chunk.header();
            if (head.kind() != TraceFormat.KIND_EVENTS
                    || head.firstSequence() != entry.firstSequence()
                    || head.firstStep() != entry.firstStep()) {
                throw TraceReader.at(entry.offset(), "the chunk is not the one the index describes");
            }
            steps.continueAt(head.firstStep());
            try {
                ChunkDecoder.decode(chunk.raw(), head.events(), head.firstSequence(), event -> {
                    long step = steps.stepOf(event);
                    if (step >= first && step <= last) {
                        sink.accept(event);
                    }
                });
            } catch (BadField e) {
                throw TraceReader.at(entry.offset(), "bad chunk: " + e.reason());
            }
        }
    }

    private static TraceReader.Chunk chunk(SeekableByteChannel channel, long offset, long end) throws IOException {
        byte[] header = read(channel, offset, (int) Math.min(end - offset, TraceFormat.CHUNK_HEADER_BYTES));
        if (header.length < TraceFormat.CHUNK_HEADER_BYTES) {
            throw TraceReader.at(offset, "truncated: no room for a chunk");
        }
        TraceFormat.ChunkHeader head = TraceReader.checkChunkHeader(header, offset);
        if (head.storedLength() > end - offset - header.length) {
            throw TraceReader.at(
                    offset,
                    "truncated: the chunk states %d bytes, %d are left"
                            .formatted(head.storedLength(), end - offset - header.length));
        }
        byte[] payload = read(channel, offset + header.length, head.storedLength());
        return new TraceReader.Chunk(offset, head, TraceReader.unpack(header, payload, head, offset));
    }

    private static byte[] read(SeekableByteChannel channel, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(Math.max(0, length));
        channel.position(offset);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw TraceReader.at(offset + buffer.position(), "truncated: the file ends here");
            }
        }
        return buffer.array();
    }
}
