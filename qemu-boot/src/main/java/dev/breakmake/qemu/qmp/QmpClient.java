package dev.breakmake.qemu.qmp;

import dev.breakmake.qemu.link.ByteSink;
import dev.breakmake.qemu.link.Deadline;
import dev.breakmake.qemu.link.Hub;
import dev.breakmake.qemu.link.PeerGoneException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** One QMP session. Replies and events are lines of at most 4 MiB; events nobody reads are kept up to a bound, then the oldest go. */
public final class QmpClient implements ByteSink {

    private static final int MAX_LINE_BYTES = 4 << 20;
    private static final int MAX_EVENTS = 1024;

    private final Hub hub;
    private final SocketChannel channel;
    private final Duration replyLimit;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final ArrayDeque<Json> replies = new ArrayDeque<>();
    private final ArrayDeque<QmpEvent> events = new ArrayDeque<>();
    private boolean closed;
    private int nextId;
    private String version = "";

    private QmpClient(Hub hub, SocketChannel channel, Duration replyLimit) {
        this.hub = hub;
        this.channel = channel;
        this.replyLimit = replyLimit;
    }

    /** Reads the greeting and enters command mode. */
    public static QmpClient connect(Hub hub, SocketChannel channel, Duration replyLimit) throws IOException {
        QmpClient client = greet(hub, channel, replyLimit);
        client.execute("qmp_capabilities");
        return client;
    }

    /** Reads the greeting only: no events come, which would otherwise announce every stop and resumption of a debugged guest. */
    public static QmpClient greet(Hub hub, SocketChannel channel, Duration replyLimit) throws IOException {
        QmpClient client = new QmpClient(hub, channel, replyLimit);
        hub.attach(channel, client);
        Json greeting = client.awaitReply("the greeting");
        Json version = greeting.at("QMP", "version", "qemu")
                .orElseThrow(() -> new QmpException("the first line of the monitor is no QMP greeting"));
        client.version = "%s.%s.%s"
                .formatted(
                        client.versionPart(version, "major"),
                        client.versionPart(version, "minor"),
                        client.versionPart(version, "micro"));
        return client;
    }

    private int versionPart(Json version, String name) throws QmpException {
        return version.intAt(name)
                .orElseThrow(() -> new QmpException("the QMP greeting has no integer version.%s".formatted(name)));
    }

    /** QEMU's version from the greeting, e.g. {@code 7.2.22}. */
    public String version() {
        return version;
    }

    /** Runs a command without arguments and returns what it returns. */
    public Json execute(String command) throws IOException {
        String id = "b" + nextId++;
        send("{\"execute\":%s,\"id\":\"%s\"}\n".formatted(quoted(command), id));
        return result(command, id);
    }

    /** Runs a command of the human monitor and returns its text. */
    public String humanMonitor(String commandLine) throws IOException {
        String id = "b" + nextId++;
        send("{\"execute\":\"human-monitor-command\",\"id\":\"%s\",\"arguments\":{\"command-line\":%s}}\n"
                .formatted(id, quoted(commandLine)));
        if (result(commandLine, id) instanceof Json.Text text) {
            return text.value();
        }
        throw new QmpException("the human monitor answered '%s' with something that is no text".formatted(commandLine));
    }

    /** Sends {@code quit}; QEMU may end before it answers, so no answer is awaited. */
    public void quit() throws IOException {
        send("{\"execute\":\"quit\"}\n");
    }

    private Json result(String command, String id) throws IOException {
        while (true) {
            Json reply = awaitReply(command);
            if (!reply.textAt("id").orElse("").equals(id)) {
                continue;
            }
            if (reply.at("error").isPresent()) {
                throw new QmpException("QMP refused '%s': %s"
                        .formatted(command, reply.textAt("error", "desc").orElse("no reason given")));
            }
            return reply.at("return")
                    .orElseThrow(() -> new QmpException("the QMP reply to '%s' returns nothing".formatted(command)));
        }
    }

    private Json awaitReply(String what) throws IOException {
        Deadline deadline = Deadline.in(replyLimit);
        while (replies.isEmpty()) {
            if (closed) {
                throw new PeerGoneException("QEMU closed its monitor before it answered '%s'".formatted(what));
            }
            if (deadline.passed()) {
                throw new QmpException("QEMU's monitor did not answer '%s' within %s".formatted(what, replyLimit));
            }
            hub.pump(deadline.remainingNanos());
        }
        return replies.remove();
    }

    private void send(String request) throws IOException {
        hub.send(channel, ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
    }

    /** The oldest event not taken yet, or null. */
    public @Nullable QmpEvent pollEvent() {
        return events.poll();
    }

    /** Whether QEMU closed the monitor. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void bytes(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            byte b = buffer.get();
            if (b == '\n') {
                String text = line.toString(StandardCharsets.UTF_8).strip();
                line.reset();
                if (!text.isEmpty()) {
                    message(JsonReader.read(text));
                }
            } else if (line.size() == MAX_LINE_BYTES) {
                throw new QmpException("a QMP line is longer than %d bytes".formatted(MAX_LINE_BYTES));
            } else {
                line.write(b);
            }
        }
    }

    private void message(Json message) throws QmpException {
        if (message.at("event").isPresent()) {
            if (events.size() == MAX_EVENTS) {
                events.remove();
            }
            events.add(new QmpEvent(
                    message.textAt("event").orElse(""), message.at("data").orElse(new Json.Null())));
        } else if (replies.size() == MAX_EVENTS) {
            throw new QmpException("more than %d QMP replies nobody asked for".formatted(MAX_EVENTS));
        } else {
            replies.add(message);
        }
    }

    @Override
    public void closed() {
        closed = true;
    }

    private static String quoted(String text) {
        StringBuilder result = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                result.append('\\').append(c);
            } else if (c < ' ') {
                result.append("\\u%04x".formatted((int) c));
            } else {
                result.append(c);
            }
        }
        return result.append('"').toString();
    }
}
