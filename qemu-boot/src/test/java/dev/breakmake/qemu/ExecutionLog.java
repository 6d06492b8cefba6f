package dev.breakmake.qemu;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * An oracle that shares nothing with the observer: QEMU's own log of the general registers before chosen instructions, without gdb, stops
 * or breakpoints ({@code -singlestep -d cpu,nochain -dfilter}). A64 only.
 */
final class ExecutionLog {

    private ExecutionLog() {}

    /** Registers before one instruction. */
    record Entry(long pc, List<Long> registers) {}

    /** Boots a one-PE guest to the console text and returns what was logged at the addresses. */
    static List<Entry> of(QemuBootSpecification specification, Collection<Long> addresses, String until, Path folder)
            throws IOException, InterruptedException {
        Path log = folder.resolve("log");
        String filter = addresses.stream()
                .sorted()
                // The next instruction too: a site met twice in a row is then told from one that was logged twice.
                .map(address -> "0x%x+8".formatted(address))
                .collect(Collectors.joining(","));
        Process process = new ProcessBuilder(
                        "qemu-system-aarch64",
                        "-nodefaults",
                        "-display",
                        "none",
                        "-no-reboot",
                        "-machine",
                        specification.machine() + ",virtualization=on,dtb-randomness=off",
                        "-cpu",
                        specification.cpu(),
                        "-m",
                        Long.toString(specification.memoryBytes() >> 20),
                        "-kernel",
                        specification.image().toString(),
                        "-append",
                        specification.bootArgs(),
                        "-serial",
                        "stdio",
                        "-singlestep",
                        "-d",
                        "cpu,nochain",
                        "-dfilter",
                        filter,
                        "-D",
                        log.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (BufferedReader console =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            String line = console.readLine();
            while (line != null && !line.contains(until)) {
                line = console.readLine();
            }
            if (line == null) {
                throw new IOException("QEMU ended before it printed '" + until + "'");
            }
        } finally {
            process.destroy();
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
        Set<Long> wanted = Set.copyOf(addresses);
        return parse(log).stream().filter(entry -> wanted.contains(entry.pc())).toList();
    }

    private static List<Entry> parse(Path log) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (BufferedReader lines = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            long pc = 0;
            List<Long> registers = new ArrayList<>();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                for (String token : line.strip().split("\\s+", -1)) {
                    if (token.startsWith("PC=")) {
                        pc = Long.parseUnsignedLong(token.substring(3), 16);
                        registers.clear();
                    } else if (token.length() == 20 && token.charAt(0) == 'X') {
                        registers.add(Long.parseUnsignedLong(token.substring(4), 16));
                    } else if (token.startsWith("SP=")) {
                        Entry entry = new Entry(pc, List.copyOf(registers));
                        // An instruction whose block was left before it began (an interrupt came) is logged again.
                        if (entries.isEmpty() || !entries.getLast().equals(entry)) {
                            entries.add(entry);
                        }
                    }
                }
            }
        } catch (NumberFormatException e) {
            throw new UncheckedIOException(new IOException("log line that is no register dump", e));
        }
        return entries;
    }
}
