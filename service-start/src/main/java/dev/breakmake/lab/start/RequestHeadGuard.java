package dev.breakmake.lab.start;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Lets the bytes of one connection pass until the head of its first request ends, then leaves the pipeline; a head that is too long is answered with 431
 * (RFC 6585) and nothing more is read from that client. HTTP/2 without a change of protocol, as gRPC speaks it, has limits of its own.
 */
final class RequestHeadGuard extends ChannelInboundHandlerAdapter {

    /** How much of what a refused client still sends is thrown away, so that it can read the answer, before the connection is cut. */
    private static final int PATIENCE_BYTES = 1 << 20;

    private static final byte[] HTTP_2 = "PRI * HTTP/2.0\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int mostBytes;
    private int seen;
    private boolean couldBeHttp2 = true;
    private boolean lineIsEmpty;
    private boolean refused;

    RequestHeadGuard(int mostBytes) {
        this.mostBytes = mostBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        if (refused) {
            discard(context, bytes);
        } else if (endsHead(bytes)) {
            context.pipeline().remove(this);
            context.fireChannelRead(message);
        } else if (seen > mostBytes) {
            discard(context, bytes);
            refuse(context);
        } else {
            context.fireChannelRead(message);
        }
    }

    /** Whether these bytes hold the end of the head, or show that it is none of HTTP/1. */
    private boolean endsHead(ByteBuf bytes) {
        for (int i = bytes.readerIndex(); i < bytes.writerIndex() && seen <= mostBytes; i++) {
            byte next = bytes.getByte(i);
            couldBeHttp2 = couldBeHttp2 && next == HTTP_2[seen];
            seen++;
            if (couldBeHttp2 && seen == HTTP_2.length) {
                return true;
            }
            if (next == '\n') {
                if (lineIsEmpty) {
                    return true;
                }
                lineIsEmpty = true;
            } else if (next != '\r') {
                lineIsEmpty = false;
            }
        }
        return false;
    }

    private void refuse(ChannelHandlerContext context) {
        refused = true;
        seen = 0;
        String body = """
                {"title": "The head of the request is too long", "status": 431, "detail": "request line and headers may have %d bytes together"}
                """.formatted(mostBytes);
        String answer = String.join(
                "\r\n",
                "HTTP/1.1 431 Request Header Fields Too Large",
                "Content-Type: application/problem+json",
                "Content-Length: " + body.length(),
                "Connection: close",
                "",
                body);
        var _ = context.writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII))
                .addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private void discard(ChannelHandlerContext context, ByteBuf bytes) {
        seen += bytes.readableBytes();
        ReferenceCountUtil.release(bytes);
        if (refused && seen > PATIENCE_BYTES) {
            var _ = context.close();
        }
    }
}
