package dev.breakmake.qemu;

import dev.breakmake.qemu.link.ByteSink;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The guest's console: collected up to a limit, cut into lines, held against an expectation. */
final class Console implements ByteSink {

    /** A line longer than this is cut; no console line of a hypervisor comes near. */
    private static final int MAX_LINE = 16 * 1024;

    private static final long PROMPT_NANOS = 250_000_000;

    private final long limit;
    private final ConsoleExpectation expectation;
    private final Consumer<String> onLine;
    private final List<String> lines = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();
    private long received;
    private ConsoleExpectation.@Nullable Match match;
    private @Nullable String matchedLine;
    private boolean closed;
    private long lastBytes;

    /** The console of a boot, with its limit and its expectation. */
    static Console of(QemuBootSpecification specification, Consumer<String> onLine) {
        return new Console(
                specification.limits().consoleBytes(), new ConsoleExpectation(specification.until()), onLine);
    }

    Console(long limit, ConsoleExpectation expectation, Consumer<String> onLine) {
        this.limit = limit;
        this.expectation = expectation;
        this.onLine = onLine;
    }

    @Override
    public void bytes(ByteBuffer buffer) {
        lastBytes = System.nanoTime();
        while (buffer.hasRemaining()) {
            if (match != null && line.isEmpty()) {
                // The line that ends the boot is the last one: how much follows until QEMU is stopped depends on
                // timing.
                buffer.position(buffer.limit());
                return;
            }
            if (received++ >= limit) {
                buffer.position(buffer.limit());
                return;
            }
            int b = buffer.get() & 0xff;
            if (b == '\n') {
                end();
            } else if (b != '\r') {
                line.append((char) b);
                if (line.length() == MAX_LINE) {
                    end();
                }
            }
        }
    }

    /**
     * Looks at the unfinished last line too, once nothing has come for a while: a prompt never ends its line, but a line that is still being
     * printed would be cut at a place that depends on timing.
     */
    void lookAtPrompt() {
        if (System.nanoTime() - lastBytes >= PROMPT_NANOS) {
            look();
        }
    }

    private void end() {
        look();
        String text = line.toString();
        line.setLength(0);
        lines.add(text);
        onLine.accept(text);
    }

    private void look() {
        if (match == null && !line.isEmpty()) {
            match = expectation.look(line);
            if (match != null) {
                matchedLine = line.toString();
            }
        }
    }

    /** Hands the unfinished last line over as a line. */
    void finish() {
        if (!line.isEmpty()) {
            end();
        }
    }

    @Override
    public void closed() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    boolean limitReached() {
        return received > limit;
    }

    ConsoleExpectation.@Nullable Match match() {
        return match;
    }

    @Nullable
    String matchedLine() {
        return matchedLine;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }
}
