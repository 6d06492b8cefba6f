package dev.breakmake.lab.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A network that can be made bad: passes bytes on, late, not at all, or not even a word about it. */
final class TcpProxy implements AutoCloseable {

    private static final int BUFFER = 16 * 1024;
    private static final long DELAY_MILLIS = 120;

    /** What the network does. */
    enum Mode {
        /** Passes everything on. */
        PASS,
        /** Every piece arrives late. */
        DELAY,
        /** Connections are reset and none is accepted. */
        CUT,
        /** Connections stay open and nothing arrives: what a pulled cable looks like from both ends. */
        HALF_OPEN
    }

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile Mode mode = Mode.PASS;

    TcpProxy(int target) throws IOException {
        this.target = target;
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy").start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    void mode(Mode wanted) {
        mode = wanted;
        if (wanted == Mode.CUT) {
            open.forEach(TcpProxy::reset);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                if (mode == Mode.CUT) {
                    reset(client);
                    continue;
                }
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                // Closing ends the accept.
            }
        }
    }

    private void connect(Socket client) {
        Socket upstream = new Socket();
        try {
            upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
        } catch (IOException e) {
            reset(client);
            return;
        }
        open.add(client);
        open.add(upstream);
        Thread.ofVirtual().start(() -> pump(client, upstream));
        Thread.ofVirtual().start(() -> pump(upstream, client));
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                Mode now = mode;
                if (now == Mode.DELAY) {
                    Thread.sleep(DELAY_MILLIS);
                } else if (now == Mode.HALF_OPEN) {
                    // What was sent into the dead line is lost, so the connection can never be used again.
                    awaitOtherThan(Mode.HALF_OPEN);
                    break;
                }
                out.write(buffer, 0, count);
                out.flush();
            }
        } catch (IOException e) {
            // One side is gone; the other learns of it below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            reset(from);
            reset(to);
            open.remove(from);
            open.remove(to);
        }
    }

    private void awaitOtherThan(Mode old) throws InterruptedException {
        while (mode == old && !server.isClosed()) {
            Thread.sleep(20);
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(TcpProxy::reset);
    }
}
