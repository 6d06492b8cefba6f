package dev.breakmake.qemu.log;

import dev.breakmake.qemu.process.ErrorReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * QEMU's execution log, read entry by entry.
 *
 * <p>QEMU writes an entry in more pieces (at least 34, one for each register) than a pipe of packets takes (16), so that it stands inside
 * the entry, before the block the entry is about, until the registers are read. That this is so is looked at for every entry.
 */
public final class HeldLog implements ErrorReader {

    private final Lock turn;
    private final Runnable failed;
    private final List<Waiting> waiting = new ArrayList<>();
    private final Map<Integer, Long> stacks = new HashMap<>();
    private volatile @Nullable Consumer<LogEntry> handler;
    private volatile @Nullable Exception failure;

    /** A PE whose line has come and whose registers have not. */
    record Waiting(int pe, long pc) {}

    /**
     * A log nobody looks at yet.
     *
     * @param turn held while an entry is handled: from {@link LogEntry.Began} until no PE waits any more
     * @param failed called on the reading thread when {@link #failure()} has become something
     */
    public HeldLog(Lock turn, Runnable failed) {
        this.turn = turn;
        this.failed = failed;
    }

    /** Has the entries from now on handled, on the thread that reads the log. After {@link LogEntry.Began} the PE waits for the return. */
    public void handle(Consumer<LogEntry> entries) {
        handler = entries;
    }

    /** Lets the log run to its end unread. */
    public void close() {
        handler = null;
    }

    /** Why the log is not read any more, or null. */
    public @Nullable Exception failure() {
        return failure;
    }

    @Override
    public void read(InputStream stream, Consumer<String> messages) throws IOException {
        Lines lines = new Lines(stream);
        for (String line = lines.next(); line != null; line = lines.next()) {
            try {
                line(line, lines, messages);
            } catch (RuntimeException | MalformedLogException e) {
                failure = e;
                close();
                failed.run();
                // Whoever writes must not wait for ever.
                stream.transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    private void line(String line, Lines lines, Consumer<String> messages) throws IOException {
        if (LogLine.isBegan(line) || LogLine.isNotStarted(line)) {
            turn.lock();
            try {
                entry(line);
                while (!waiting.isEmpty()) {
                    registers(lines);
                }
            } finally {
                turn.unlock();
            }
        } else if (!LogLine.isNoise(line)) {
            messages.accept(line + "\n");
        }
    }

    private void entry(String line) throws IOException {
        if (LogLine.isNotStarted(line)) {
            give(LogLine.notStarted(line));
            return;
        }
        waiting.add(LogLine.began(line));
    }

    private void give(LogEntry entry) {
        Consumer<LogEntry> to = handler;
        if (to != null) {
            to.accept(entry);
        }
    }

    /** Reads to the end of a dump, or to the end of the stream, looking while the PE waits in it. */
    private void registers(Lines lines) throws IOException {
        RegisterDump dump = new RegisterDump();
        boolean told = false;
        long heldAt = 0;
        long readable = 0;
        while (!dump.isComplete()) {
            if (!told && dump.isAtFirst()) {
                told = true;
                heldAt = lines.bytesRead();
                readable = lines.bytesWaiting();
                began(dump);
            }
            String line = lines.next();
            if (line == null) {
                waiting.clear();
                return;
            }
            if (LogLine.isBegan(line) || LogLine.isNotStarted(line)) {
                // Of another PE: its line comes in between, its registers do not.
                entry(line);
            } else {
                dump.line(line);
            }
        }
        if (!told || !dump.isWhole()) {
            throw new MalformedLogException(
                    "registers at 0x%x are missing or in another order than known".formatted(dump.pc()));
        }
        if (lines.bytesRead() - heldAt <= readable) {
            throw new MalformedLogException(
                    "the last %d bytes of an entry were there before it was looked at: QEMU does not wait for its reader"
                            .formatted(lines.bytesRead() - heldAt));
        }
        Waiting of = whose(dump);
        waiting.remove(of);
        stacks.put(of.pe(), dump.stack());
        give(new LogEntry.Registers(of.pe(), of.pc(), dump.general(), dump.status()));
    }

    /** Tells of the PE whose registers have begun; of all that wait, if it is not known yet which one that is. */
    private void began(RegisterDump dump) {
        List<Waiting> candidates = waiting;
        if (dump.isOfA64()) {
            candidates = waiting.stream().filter(pe -> pe.pc() == dump.pc()).toList();
        }
        boolean known = candidates.size() == 1 && dump.isOfA64();
        for (Waiting pe : List.copyOf(candidates)) {
            give(new LogEntry.Began(pe.pe(), pe.pc(), known ? dump.first() : new long[0]));
        }
    }

    /**
     * The PE the registers are of: a dump names its address only. Of several PEs that came to the same address at once it is the one whose
     * stack is nearest to where it was.
     */
    private Waiting whose(RegisterDump dump) throws MalformedLogException {
        Waiting of = null;
        long distance = 0;
        for (Waiting began : waiting) {
            if (began.pc() == dump.pc()) {
                long away = Math.abs(dump.stack() - stacks.getOrDefault(began.pe(), dump.stack()));
                if (of == null || Long.compareUnsigned(away, distance) < 0) {
                    of = began;
                    distance = away;
                }
            }
        }
        if (of == null) {
            throw new MalformedLogException("registers at 0x%x, where no block began".formatted(dump.pc()));
        }
        return of;
    }
}
