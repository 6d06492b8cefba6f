package dev.breakmake.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher before any Java runs. */
class LauncherTest {

    private record Result(int exitCode, String errors) {}

    private static Result launch(Map<String, String> environment, Path errors, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add("/bin/sh");
        builder.command()
                .add(RepositoryRulesTest.repositoryRoot().resolve("breakmake").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().putAll(environment);
        builder.redirectError(errors.toFile()).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(errors, StandardCharsets.UTF_8));
    }

    /** A folder that looks like a JDK of some release to the launcher. */
    private static Path jdkOfRelease(Path folder, String version) throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        for (String program : new String[] {"java", "javac"}) {
            executable(folder.resolve("bin").resolve(program), "#!/bin/sh\nexit 9\n");
        }
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"Test\"\nJAVA_VERSION=\"" + version + "\"\n");
        return folder;
    }

    @Test
    void withoutAJdkItNamesWhatItLookedAtAndHowToGetOne(@TempDir Path folder) throws Exception {
        Path old = jdkOfRelease(folder.resolve("old jdk"), "21.0.1");
        Path jvms = Files.createDirectory(folder.resolve("jvms"));
        jdkOfRelease(jvms.resolve("jdk-24"), "24");
        Result result = launch(
                Map.of(
                        "JAVA_HOME", old.toString(),
                        "HOME", folder.toString(),
                        "PATH", pathWithoutJava(folder),
                        "BREAKMAKE_JVM_FOLDER", jvms.toString()),
                folder.resolve("errors"),
                "--help");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors())
                .contains("no JDK 25 or newer found")
                .contains("JAVA_HOME: " + old + " (JDK 21)")
                .contains("PATH: no java")
                .contains("jdk-24 (JDK 24)")
                .contains("openjdk-25-jdk");
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A folder with what the launcher itself needs, and no java. */
    private static String pathWithoutJava(Path folder) throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        for (String program : new String[] {"sh", "dirname", "readlink", "sed", "head"}) {
            String real = Files.exists(Path.of("/bin", program)) ? "/bin/" + program : "/usr/bin/" + program;
            executable(bin.resolve(program), "#!/bin/sh\nexec " + real + " \"$@\"\n");
        }
        return bin.toString();
    }
}
