package dev.breakmake.lab.start;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;

/**
 * Measures the head of the first HTTP/1 request of every connection before the server below reads it. A head over {@link #MOST_BYTES} that also asks to
 * change to HTTP/2, as the JDK's client does by default, makes Vert.x 4.5 change the protocol of a request it could not read, or refuse it
 * without a length and leave the connection open: either way the client waits forever. Later requests of a connection are Vert.x's own, which answers
 * 431.
 *
 * <p>Netty loads this class by its service file once {@link #measure} was called before the first server or client of the process began.
 */
public final class RequestHeads extends ChannelInitializerExtension {

    /** Longest head of a request, bytes: the limit that Quarkus gives all other requests by default. */
    public static final int MOST_BYTES = 20 * 1024;

    private static final String NETTY_EXTENSIONS = "io.netty.bootstrap.extensions";

    /** Turns the measuring on for servers started from now on. Netty's extensions are off by default; a value that somebody set stays. */
    public static void measure() {
        if (System.getProperty(NETTY_EXTENSIONS) == null) {
            System.setProperty(NETTY_EXTENSIONS, "serviceload");
        }
    }

    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        channel.pipeline().addFirst("breakmake-request-head", new RequestHeadGuard(MOST_BYTES));
    }
}
