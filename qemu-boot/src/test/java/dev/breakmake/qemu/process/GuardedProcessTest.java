package dev.breakmake.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class GuardedProcessTest {

    private static final long SPACE = 1L << 30;

    @TempDir
    Path folder;

    private GuardedProcess start(String shellCommand) throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        return GuardedProcess.start(List.of("/bin/sh", "-c", shellCommand), run, SPACE, 1 << 20);
    }

    private long pidIn(Path file) throws Exception {
        while (!Files.exists(file) || Files.readString(file).isBlank()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return Long.parseLong(Files.readString(file).strip());
    }

    private static void awaitEnd(long pid) throws Exception {
        while (ProcessHandle.of(pid).map(GuardedProcessTest::runs).orElse(false)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** A killed child that its parent has not waited for yet is a zombie: it still has a pid, but does not run. */
    private static boolean runs(ProcessHandle handle) {
        try {
            return !Files.readString(Path.of("/proc/%d/stat".formatted(handle.pid())))
                    .contains(") Z ");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void closingKillsTheCommandWithItsChildrenAndRemovesTheFolder() throws Exception {
        Path child = folder.resolve("child");
        GuardedProcess process = start("sleep 1000 & echo $! > %s; wait".formatted(child));
        long pid = pidIn(child);
        process.close();
        assertThat(process.isAlive()).isFalse();
        awaitEnd(pid);
        while (Files.exists(folder.resolve("run"))) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    @Test
    void reportsStatusAndErrorsOfACommandThatEndsOnItsOwn() throws Exception {
        try (GuardedProcess process = start("echo something broke >&2; exit 7")) {
            assertThat(process.await(30_000)).isTrue();
            assertThat(process.exitStatus()).isEqualTo(7);
            assertThat(process.errors()).isEqualTo("something broke");
        }
    }

    @Test
    void limitsTheSizeOfFilesTheCommandWrites() throws Exception {
        Path big = folder.resolve("big");
        try (GuardedProcess process = start("head -c 5000000 /dev/zero > %s".formatted(big))) {
            assertThat(process.await(30_000)).isTrue();
            assertThat(process.exitStatus()).isNotZero();
            assertThat(Files.size(big)).isEqualTo(1 << 20);
        }
    }

    @Test
    void limitsTheAddressSpaceOfTheCommand() throws Exception {
        try (GuardedProcess process = start("ulimit -v")) {
            assertThat(process.await(30_000)).isTrue();
        }
        try (GuardedProcess process = GuardedProcess.start(
                List.of("/bin/sh", "-c", "ulimit -v >&2"), Files.createDirectory(folder.resolve("second")), SPACE, 0)) {
            assertThat(process.await(30_000)).isTrue();
            assertThat(process.errors()).isEqualTo(Long.toString(SPACE / 1024));
        }
    }

    @Test
    void theCommandDiesWithAJvmThatIsKilled() throws Exception {
        // SIGKILL: no shutdown hook of that JVM runs.
        assertNothingSurvives(List.of(), jvm -> jvm.destroyForcibly());
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "KILL"})
    void theCommandDiesWhenTheWholeProcessGroupOfTheJvmIsSignalled(String signal) throws Exception {
        // What Ctrl-C and timeout(1) do: the guard gets the signal as well. Tests that run in the background of a shell
        // inherit an ignored SIGINT.
        assertNothingSurvives(
                List.of("setsid", "env", "--default-signal=INT"),
                jvm -> new ProcessBuilder("kill", "-" + signal, "--", "-" + jvm.pid())
                        .start()
                        .waitFor());
    }

    private interface Killer {
        void kill(Process jvm) throws Exception;
    }

    private void assertNothingSurvives(List<String> prefix, Killer killer) throws Exception {
        Path child = folder.resolve("child");
        Path run = Files.createDirectory(folder.resolve("run"));
        List<String> command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Victim.class.getName()));
        command.addAll(List.of(run.toString(), child.toString()));
        Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("started");
            long pid = pidIn(child);
            assertThat(ProcessHandle.of(pid)).isPresent();
            killer.kill(jvm);
            assertThat(jvm.waitFor(30, TimeUnit.SECONDS)).isTrue();
            awaitEnd(pid);
        } finally {
            jvm.destroyForcibly();
        }
    }

    /** Runs in the JVM that gets killed. */
    static final class Victim {
        public static void main(String[] arguments) throws Exception {
            try (GuardedProcess process = GuardedProcess.start(
                    List.of("/bin/sh", "-c", "echo $$ > %s; exec sleep 1000".formatted(arguments[1])),
                    Path.of(arguments[0]),
                    SPACE,
                    1 << 20)) {
                System.out.println("started");
                Thread.sleep(Duration.ofMinutes(5));
                System.out.println(process.pid());
            }
        }
    }

    @Test
    void aPipeOfPacketsKeepsItsWriterNear() throws Exception {
        Path run = Files.createDirectory(folder.resolve("run"));
        Path written = Files.createFile(folder.resolve("written"));
        String script =
                "i=0; while [ $i -lt 200 ]; do echo line >&2; printf . >>'%s'; i=$((i+1)); done".formatted(written);
        List<String> tooFar = new ArrayList<>();
        ErrorReader reader = (stream, messages) -> {
            for (int read = 1; stream.read() >= 0; read++) {
                // The rest of the packet: it is in memory already.
                stream.skipNBytes(4);
                // Packets in the pipe, and one whose writer has not come to note it.
                long ahead = Files.size(written) - read;
                if (ahead > 17) {
                    tooFar.add("%d after %d".formatted(ahead, read));
                }
                while (read == 1 && Files.size(written) < 17) {
                    Thread.onSpinWait();
                }
            }
        };
        try (GuardedProcess process =
                GuardedProcess.start(List.of("/bin/sh", "-c", script), run, SPACE, 1 << 20, reader, true)) {
            assertThat(process.await(60_000)).isTrue();
            assertThat(process.exitStatus()).isZero();
            assertThat(process.errors()).isEmpty();
        }
        assertThat(Files.size(written)).isEqualTo(200);
        assertThat(tooFar).isEmpty();
    }
}
