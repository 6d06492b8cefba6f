package dev.breakmake.qemu.gdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests Breakmake makes of a gdb stub. All-stop: after any stop reply every thread is stopped.
 *
 * <p>Addresses are as the target's PC and current translation see them. Breakpoints compare the PC of every thread.
 */
public final class GdbClient {

    private static final int MAX_THREADS = 4096;
    private static final int MAX_ANNEX_CHARS = 16 << 20;
    private static final int ANNEX_PIECE = 0xffb;

    private final GdbConnection connection;
    private final StringBuilder packet = new StringBuilder(64);
    private final TargetDescription description;
    private @Nullable ThreadId selected;
    private @Nullable TargetRegister telling;
    private long told;

    private GdbClient(GdbConnection connection, TargetDescription description) {
        this.connection = connection;
        this.description = description;
    }

    /** Agrees on features, turns acknowledgements off and reads the target description. The target must be stopped. */
    public static GdbClient connect(GdbConnection connection) throws IOException {
        String features = connection.exchange("qSupported:multiprocess+;vContSupported+");
        if (!features.contains("qXfer:features:read+")) {
            throw new GdbProtocolException(
                    "the stub offers no target description (qSupported: '%s')".formatted(features));
        }
        String reply = connection.exchange("QStartNoAckMode");
        if (reply.equals("OK")) {
            connection.stopAcknowledging();
        } else if (!reply.isEmpty()) {
            throw new GdbProtocolException("QStartNoAckMode was answered '%s'".formatted(reply));
        }
        String actions = connection.exchange("vCont?");
        if (!actions.startsWith("vCont") || !actions.contains(";s") || !actions.contains(";c")) {
            throw new GdbProtocolException("the stub cannot resume per thread (vCont?: '%s')".formatted(actions));
        }
        return new GdbClient(connection, TargetDescriptionReader.read(annex -> annex(connection, annex)));
    }

    private static String annex(GdbConnection connection, String name) throws IOException {
        StringBuilder text = new StringBuilder();
        while (true) {
            String reply =
                    connection.exchange("qXfer:features:read:%s:%x,%x".formatted(name, text.length(), ANNEX_PIECE));
            if (reply.isEmpty() || (reply.charAt(0) != 'l' && reply.charAt(0) != 'm')) {
                throw new GdbProtocolException("the stub refuses to read '%s' ('%s')".formatted(name, reply));
            }
            text.append(reply, 1, reply.length());
            if (reply.charAt(0) == 'l') {
                return text.toString();
            }
            if (reply.length() == 1 || text.length() > MAX_ANNEX_CHARS) {
                throw new GdbProtocolException(
                        "the stub's '%s' does not end (%d characters so far)".formatted(name, text.length()));
            }
        }
    }

    /** The registers the stub offers. */
    public TargetDescription description() {
        return description;
    }

    /** Why the target is stopped now. */
    public StopReply reason() throws IOException {
        StopReply reply = StopReply.parse(connection.exchange("?"));
        note(reply);
        return reply;
    }

    /** All threads, in the stub's order. */
    public List<ThreadId> threads() throws IOException {
        List<ThreadId> threads = new ArrayList<>();
        String reply = connection.exchange("qfThreadInfo");
        while (!reply.equals("l")) {
            if (!reply.startsWith("m")) {
                throw new GdbProtocolException("thread list entry '%s'".formatted(reply));
            }
            for (String id : reply.substring(1).split(",", -1)) {
                threads.add(ThreadId.parse(id));
            }
            if (threads.size() > MAX_THREADS) {
                throw new GdbProtocolException("the stub lists more than %d threads".formatted(MAX_THREADS));
            }
            reply = connection.exchange("qsThreadInfo");
        }
        return List.copyOf(threads);
    }

    /** The core registers of a thread. */
    public CoreRegisters readCore(ThreadId thread) throws IOException {
        select(thread);
        String reply = connection.exchange("g");
        refuseError("g", reply);
        return CoreRegisters.parse(description, reply);
    }

    /** One register of a thread, up to 64 bits. */
    public long readRegister(ThreadId thread, TargetRegister register) throws IOException {
        select(thread);
        return value(register, connection.exchange(request(register)));
    }

    private static String request(TargetRegister register) {
        return "p" + Integer.toHexString(register.number());
    }

    private static long value(TargetRegister register, String reply) throws GdbProtocolException {
        if (reply.isEmpty() || reply.length() > 16) {
            throw new GdbProtocolException(
                    "register %s was answered with %d hex digits".formatted(register.name(), reply.length()));
        }
        refuseError("p " + register.name(), reply);
        return Hex.littleEndian(reply, 0, reply.length() / 2);
    }

    /** Writes one register of a thread; system registers are read-only in QEMU's stub and are refused. */
    public void writeRegister(ThreadId thread, TargetRegister register, long value) throws IOException {
        select(thread);
        StringBuilder hex = new StringBuilder();
        for (int i = 0; i < register.bytes(); i++) {
            HexFormat.of().toHexDigits(hex, (byte) (value >>> (8 * i)));
        }
        expectOk("P%x=%s".formatted(register.number(), hex));
    }

    /** Reads memory through the current translation of the selected thread. */
    public byte[] readMemory(ThreadId thread, long address, int bytes) throws IOException {
        select(thread);
        String request = "m%x,%x".formatted(address, bytes);
        String reply = connection.exchange(request);
        refuseError(request, reply);
        byte[] data = Hex.bytes(reply);
        if (data.length != bytes) {
            throw new GdbProtocolException("'%s' was answered with %d bytes".formatted(request, data.length));
        }
        return data;
    }

    /** Writes memory through the current translation of the selected thread. */
    public void writeMemory(ThreadId thread, long address, byte[] data) throws IOException {
        select(thread);
        expectOk("M%x,%x:%s".formatted(address, data.length, HexFormat.of().formatHex(data)));
    }

    /** Sets a breakpoint for every thread. */
    public void insertBreakpoint(long address) throws IOException {
        expectOk(breakpoint('Z', address));
    }

    /** Removes a breakpoint. */
    public void removeBreakpoint(long address) throws IOException {
        expectOk(breakpoint('z', address));
    }

    private String breakpoint(char kind, long address) {
        packet.setLength(0);
        return packet.append(kind)
                .append("1,")
                .append(Long.toHexString(address))
                .append(",4")
                .toString();
    }

    /** Lets one thread execute one instruction while the others stay stopped, and waits for it. Breakpoints do not apply. */
    public StopReply step(ThreadId thread) throws IOException {
        StopReply reply = StopReply.parse(connection.exchange("vCont;s:" + thread));
        note(reply);
        return reply;
    }

    /**
     * What one thread was about to execute and how it came out.
     *
     * @param before its core registers before the instruction
     * @param after the stop after it
     */
    public record Stepped(CoreRegisters before, StopReply after) {}

    /**
     * Reads a thread's core registers and lets it execute one instruction, as {@link #step} does, in one exchange: most of what a stop costs
     * is waiting for the stub.
     */
    public Stepped readCoreAndStep(ThreadId thread) throws IOException {
        select(thread);
        String step = "vCont;s:" + thread;
        connection.send("g", step);
        String core = connection.reply("g");
        StopReply after = StopReply.parse(connection.reply(step));
        refuseError("g", core);
        note(after);
        return new Stepped(CoreRegisters.parse(description, core), after);
    }

    /** Packets sent so far, each of which costs the target a reply. */
    public long packetsSent() {
        return connection.packetsSent();
    }

    /** Lets all threads run; {@link #pollStop()} tells when they stopped. */
    public void resume() throws IOException {
        selected = null;
        connection.send("vCont;c");
    }

    /**
     * As {@link #resume()}, and has the stub tell a register of a thread as it is before that: {@link #toldRegister()} gives it once
     * {@link #pollStop()} has given the next stop. Costs no exchange of its own.
     */
    public void resumeTelling(ThreadId thread, TargetRegister register) throws IOException {
        select(thread);
        selected = null;
        telling = register;
        connection.send(request(register), "vCont;c");
    }

    /** The register asked for by {@link #resumeTelling}. */
    public long toldRegister() {
        return told;
    }

    /** Asks a running target to stop. */
    public void interrupt() throws IOException {
        connection.interrupt();
    }

    /** The stop reply after {@link #resume()} if it has arrived, else null. Does not wait: pump the hub for that. */
    public @Nullable StopReply pollStop() throws IOException {
        String reply = connection.poll();
        if (reply != null && telling != null) {
            told = value(telling, reply);
            telling = null;
            reply = connection.poll();
        }
        if (reply == null) {
            return null;
        }
        StopReply stop = StopReply.parse(reply);
        note(stop);
        return stop;
    }

    /** Whether the stub closed the connection. */
    public boolean isClosed() {
        return connection.isClosed();
    }

    /** Ends the target. There is no answer. */
    public void kill() throws IOException {
        connection.send("k");
    }

    private void note(StopReply reply) {
        selected = reply instanceof StopReply.Signal signal ? signal.thread() : null;
    }

    private void select(ThreadId thread) throws IOException {
        if (!thread.equals(selected)) {
            expectOk("Hg" + thread);
            selected = thread;
        }
    }

    private void expectOk(String request) throws IOException {
        String reply = connection.exchange(request);
        if (!reply.equals("OK")) {
            throw new GdbProtocolException("'%s' was answered '%s'".formatted(request, reply));
        }
    }

    private static void refuseError(String request, String reply) throws GdbProtocolException {
        if (reply.length() == 3 && reply.charAt(0) == 'E') {
            throw new GdbProtocolException("'%s' was refused with error %s".formatted(request, reply.substring(1)));
        }
    }
}
