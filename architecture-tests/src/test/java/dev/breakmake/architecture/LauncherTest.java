package dev.breakmake.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher, up to where Java runs. */
class LauncherTest {

    /** As the command does: ends with 75 when it is told of a newer source. */
    private static final String ASKS = "read -r newer <\"$BREAKMAKE_NEWER_SOURCES\" && exit 75\n";

    private record Result(int exitCode, String errors) {}

    private static Result launch(Map<String, String> environment, Path errors, String... arguments)
            throws IOException, InterruptedException {
        return launch(RepositoryRulesTest.repositoryRoot(), environment, errors, arguments);
    }

    private static Result launch(Path tree, Map<String, String> environment, Path errors, String... arguments)
            throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().add("/bin/sh");
        builder.command().add(tree.resolve("breakmake").toString());
        builder.command().addAll(List.of(arguments));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/bin:/bin");
        builder.environment().putAll(environment);
        Path input = errors.resolveSibling("input");
        builder.redirectInput(Files.exists(input) ? input.toFile() : new File("/dev/null"));
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

    /** A tree with a finished build of the command, which here is a script that does what is given. */
    private static Path builtTree(Path folder, String command) throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Files.copy(RepositoryRulesTest.repositoryRoot().resolve("breakmake"), tree.resolve("breakmake"));
        Files.writeString(tree.resolve("pom.xml"), "");
        for (String module : new String[] {"one", "one/deep"}) {
            Path sources = Files.createDirectories(tree.resolve(module).resolve("src/main"));
            Files.writeString(sources.resolve("A.java"), "");
            Files.writeString(tree.resolve(module).resolve("pom.xml"), "");
        }
        Path library = Files.createDirectories(tree.resolve(".breakmake/dist/lib"));
        Files.writeString(library.resolve("lab-cli.jar"), "");
        Files.writeString(tree.resolve(".breakmake/dist/stamp"), "1-2-3\nwaits-for-newer\n");
        executable(jdkOfRelease(folder.resolve("jdk"), "25").resolve("bin/java"), "#!/bin/sh\n" + command);
        return tree;
    }

    private static Result launchBuilt(Path folder, Path tree, String... arguments)
            throws IOException, InterruptedException {
        return launch(
                tree,
                Map.of(
                        "JAVA_HOME", folder.resolve("jdk").toString(),
                        "HOME", folder.toString(),
                        "PATH", pathWithoutJava(folder) + ":/usr/bin:/bin"),
                folder.resolve("errors"),
                arguments);
    }

    @Test
    void theCommandHasItsArgumentsStandardInputAndExitCode(@TempDir Path folder) throws Exception {
        Path tree = builtTree(folder, ASKS + "for last; do :; done; echo \"$last\" >&2; wc -c >&2; exit 7\n");
        Files.writeString(folder.resolve("input"), "hello");
        Result result = launchBuilt(folder, tree, "run", "two words");
        assertThat(result.exitCode()).as(result.errors()).isEqualTo(7);
        assertThat(result.errors().lines().map(String::strip)).containsExactly("two words", "5");
    }

    @Test
    void standardInputMayBeClosed(@TempDir Path folder) throws Exception {
        Path tree = builtTree(folder, ASKS + "wc -c >&2\n");
        Path launcher = tree.resolve("breakmake");
        Files.move(launcher, tree.resolve("open"));
        executable(launcher, "exec /bin/sh '" + tree.resolve("open") + "' \"$@\" <&-\n");
        Result result = launchBuilt(folder, tree, "run", "x");
        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.errors().strip()).isEqualTo("0");
    }

    @Test
    void aNewerSourceIsBuiltFirst(@TempDir Path folder) throws Exception {
        Path tree = builtTree(folder, ASKS + "exit 0\n");
        assertThat(launchBuilt(folder, tree, "run", "x").exitCode()).isZero();
        Files.setLastModifiedTime(
                tree.resolve("one/deep/src/main/A.java"),
                FileTime.from(Files.getLastModifiedTime(tree.resolve(".breakmake/dist/stamp"))
                        .toInstant()
                        .plusSeconds(5)));
        executable(
                folder.resolve("bin/mvn"),
                "#!/bin/sh\necho Apache Maven 3.9.9\necho '[ERROR] reached the build'\nexit 1\n");
        Result result = launchBuilt(folder, tree, "run", "x");
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.errors()).contains("breakmake: building (JDK 25").contains("[ERROR] reached the build");
    }

    /** What a build of before knew nothing of; its command would run although its sources are newer. */
    @Test
    void aCommandThatDoesNotAskIsNotStartedBeforeTheLook(@TempDir Path folder) throws Exception {
        Path tree = builtTree(folder, "echo started >&2\nexit ${BREAKMAKE_NEWER_SOURCES:+9}\n");
        Files.writeString(tree.resolve(".breakmake/dist/stamp"), "1-2-3\n");
        Result result = launchBuilt(folder, tree, "run", "x");
        assertThat(result.exitCode()).as(result.errors()).isZero();
        assertThat(result.errors().strip()).isEqualTo("started");
    }

    @Test
    void aStartUpCacheMadeWithoutAnImageIsNoneOnceThereIsOne(@TempDir Path folder) throws Exception {
        Path tree = builtTree(
                folder, ASKS + "case \"$*\" in *-XX:AOTCache=*) echo with >&2 ;; *) echo without >&2 ;; esac\n");
        Path caches = folder.resolve(".cache/breakmake");
        Path start = Files.createDirectories(caches.resolve("start"));
        Files.writeString(start.resolve("1-2-3-flow.aot"), "");
        assertThat(launchBuilt(folder, tree, "status").errors()).contains("with\n");
        Files.createDirectories(caches.resolve("xen/4.17-arm64"));
        assertThat(launchBuilt(folder, tree, "status").errors()).contains("without");
        Files.writeString(start.resolve("1-2-3-boot.aot"), "");
        assertThat(launchBuilt(folder, tree, "status").errors()).contains("with\n");
    }

    private static void executable(Path file, String script) throws IOException {
        Files.writeString(file, script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** A folder with what the launcher itself needs, and no java. */
    private static String pathWithoutJava(Path folder) throws IOException {
        Path bin = Files.createDirectories(folder.resolve("bin"));
        for (String program : new String[] {"sh", "dirname", "readlink", "sed", "head"}) {
            String real = Files.exists(Path.of("/bin", program)) ? "/bin/" + program : "/usr/bin/" + program;
            executable(bin.resolve(program), "#!/bin/sh\nexec " + real + " \"$@\"\n");
        }
        return bin.toString();
    }
}
