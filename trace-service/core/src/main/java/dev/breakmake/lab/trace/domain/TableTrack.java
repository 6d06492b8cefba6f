package dev.breakmake.lab.trace.domain;

import dev.breakmake.translation.event.Barrier;
import dev.breakmake.translation.event.ContextSynchronization;
import dev.breakmake.translation.event.DescriptorWrite;
import dev.breakmake.translation.event.Marker;
import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.RegisterWrite;
import dev.breakmake.translation.event.TlbInvalidate;
import dev.breakmake.translation.event.TraceHeader;
import dev.breakmake.translation.event.TranslationEvent;
import dev.breakmake.translation.event.WriteOrigin;
import dev.breakmake.translation.trace.TraceWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a trace moves table memory and registers, and nothing else: descriptor writes, register writes, resets, and the event that ends
 * each step they belong to. A question about one address or one step replays these few instead of the whole trace, in which uses, barriers
 * and cache maintenance are nine events of ten.
 *
 * <p>Stored as a trace file of its own with dense sequences, preceded by the step numbers its steps have in the whole trace.
 */
final class TableTrack {

    private final long[] steps;
    private final byte[] file;

    private TableTrack(long[] steps, byte[] file) {
        this.steps = steps;
        this.file = file;
    }

    /** Reads what {@link Recorder#encode} wrote. */
    static TableTrack decode(byte[] packed) {
        ByteBuffer in = ByteBuffer.wrap(Compression.unpack(packed));
        long[] steps = new long[in.getInt()];
        long step = 0;
        for (int i = 0; i < steps.length; i++) {
            step += varint(in);
            steps[i] = step;
        }
        byte[] file = new byte[in.remaining()];
        in.get(file);
        return new TableTrack(steps, file);
    }

    /** LEB128. */
    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
    }

    private static void putVarint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest >= 0x80) {
            out.write((int) (rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** The trace file. */
    InputStream stream() {
        return new ByteArrayInputStream(file);
    }

    /** Number in the whole trace of a step of the track. */
    long step(long own) {
        return own < steps.length ? steps[(int) own] : Long.MAX_VALUE;
    }

    /** Collects the track while a trace is read. */
    static final class Recorder implements TraceVisitor {

        /** Events written at a time: a trace that turns out to be short is never encoded. */
        private static final int DRAINED = 32_768;

        private final ByteArrayOutputStream file = new ByteArrayOutputStream();
        private @Nullable TraceWriter writer;
        private final List<TranslationEvent> kept = new ArrayList<>();
        private final List<TranslationEvent> pending = new ArrayList<>();
        private final List<Long> steps = new ArrayList<>();
        private final Map<Integer, Long> instructions = new HashMap<>();
        private long written;

        @Override
        public boolean visit(long step, TranslationEvent event, boolean endsStep, Moment moment) {
            if (event instanceof TraceHeader) {
                write(event);
            } else if (moves(event)) {
                pending.add(event);
            }
            if (endsStep) {
                if (!pending.isEmpty()) {
                    pending.forEach(this::write);
                    if (!moves(event)) {
                        write(event);
                    }
                    steps.add(step);
                }
                pending.clear();
            }
            return true;
        }

        @Override
        public void end(long step, TranslationEvent last, Moment moment) {
            if (!pending.isEmpty()) {
                pending.forEach(this::write);
                // What the last event was does not matter, where it was does.
                write(new Marker(
                        last.sequence(),
                        last.pe(),
                        last.instructions(),
                        last.pc(),
                        last.el(),
                        Marker.Kind.CONSOLE_LINE,
                        ""));
                steps.add(step);
                pending.clear();
            }
        }

        private static boolean moves(TranslationEvent event) {
            return switch (event) {
                case DescriptorWrite write -> true;
                case RegisterWrite write -> true;
                case PeState state -> state.change() == PeState.Change.RESET;
                default -> false;
            };
        }

        private void write(TranslationEvent event) {
            // Nobody asks after how many instructions a descriptor was stored: a count that does not move costs no
            // byte.
            long count =
                    event instanceof DescriptorWrite ? instructions.getOrDefault(event.pe(), 0L) : event.instructions();
            instructions.put(event.pe(), count);
            kept.add(numbered(event, written++, count));
            if (kept.size() >= DRAINED) {
                drain();
            }
        }

        private TraceWriter drain() {
            TraceWriter open = writer;
            if (open == null) {
                try {
                    // Packed as a whole at the end, which is both smaller and faster than packing its chunks first.
                    open = new TraceWriter(file, 65_536, TraceWriter.PLAIN);
                } catch (IOException e) {
                    throw new UncheckedIOException("a byte array takes every byte", e);
                }
                writer = open;
            }
            kept.forEach(open::accept);
            kept.clear();
            return open;
        }

        /** The track's bytes, packed. */
        byte[] encode() {
            ByteArrayOutputStream result = new ByteArrayOutputStream();
            try (TraceWriter complete = drain()) {
                complete.finish();
                result.writeBytes(
                        ByteBuffer.allocate(Integer.BYTES).putInt(steps.size()).array());
                long before = 0;
                for (long step : steps) {
                    putVarint(result, step - before);
                    before = step;
                }
                file.writeTo(result);
            } catch (IOException e) {
                throw new UncheckedIOException("a byte array takes every byte", e);
            }
            return Compression.pack(result.toByteArray());
        }
    }

    private static TranslationEvent numbered(TranslationEvent event, long sequence, long instructions) {
        return switch (event) {
            case TraceHeader header -> header;
            // Answers name who stored what and where; how it was stored stands in the whole trace.
            case DescriptorWrite e ->
                new DescriptorWrite(
                        sequence,
                        e.pe(),
                        instructions,
                        e.pc(),
                        e.el(),
                        e.descriptorPa(),
                        Long.BYTES,
                        e.oldDescriptor(),
                        e.newDescriptor(),
                        true,
                        0,
                        WriteOrigin.STORE);
            case RegisterWrite e ->
                new RegisterWrite(sequence, e.pe(), instructions, e.pc(), e.el(), e.register(), e.value());
            case TlbInvalidate e ->
                new TlbInvalidate(
                        sequence,
                        e.pe(),
                        instructions,
                        e.pc(),
                        e.el(),
                        e.operation(),
                        e.operand(),
                        e.shareability(),
                        e.nxs());
            case Barrier e ->
                new Barrier(sequence, e.pe(), instructions, e.pc(), e.el(), e.kind(), e.domain(), e.types(), e.nxs());
            case ContextSynchronization e ->
                new ContextSynchronization(sequence, e.pe(), instructions, e.pc(), e.el(), e.cause());
            case PeState e -> new PeState(sequence, e.pe(), instructions, e.pc(), e.el(), e.change(), e.argument());
            case Marker e -> new Marker(sequence, e.pe(), instructions, e.pc(), e.el(), e.kind(), e.text());
            default -> throw new IllegalArgumentException("neither moves tables nor ends a step: " + event);
        };
    }
}
