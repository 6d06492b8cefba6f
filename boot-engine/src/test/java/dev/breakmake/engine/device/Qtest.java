package dev.breakmake.engine.device;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/** The devices of a stock QEMU {@code virt} machine, its PE never started, reached by QEMU's qtest protocol. */
final class Qtest implements AutoCloseable {

    private final Process process;
    private final Writer commands;
    private final BufferedReader answers;

    Qtest(int gicVersion, int pes) throws IOException {
        process = new ProcessBuilder(
                        "qemu-system-aarch64",
                        "-M",
                        "virt,virtualization=on,gic-version=" + gicVersion,
                        "-cpu",
                        "cortex-a57",
                        "-smp",
                        Integer.toString(pes),
                        "-m",
                        "128",
                        "-display",
                        "none",
                        "-monitor",
                        "none",
                        "-serial",
                        "null",
                        "-nic",
                        "none", // without a network card it needs no option ROM, which Debian packages apart
                        "-S",
                        "-qtest",
                        "stdio")
                .redirectError(Redirect.INHERIT)
                .start();
        commands = process.outputWriter(StandardCharsets.US_ASCII);
        answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    long read(long address, int size) {
        String answer = ask("read%s 0x%x".formatted(suffix(size), address));
        return Long.parseUnsignedLong(answer.substring("OK 0x".length()), 16);
    }

    void write(long address, int size, long value) {
        ask("write%s 0x%x 0x%x".formatted(suffix(size), address, value));
    }

    private String ask(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
            String answer = answers.readLine();
            if (answer == null || !answer.startsWith("OK")) {
                throw new IllegalStateException("qtest answered '" + answer + "' to '" + command + "'");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static char suffix(int size) {
        return switch (size) {
            case 1 -> 'b';
            case 2 -> 'w';
            case 4 -> 'l';
            default -> 'q';
        };
    }

    @Override
    public void close() {
        process.destroy();
    }
}
