package dev.breakmake.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RepositoryRulesTest {

    private static final Path ROOT = repositoryRoot();
    private static final Pattern LEFTOVER =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b|not (yet )?implemented|@Dis" + "abled\\b");

    static Path repositoryRoot() {
        try {
            // The real path: the tree may be seen through the launcher's link, which no walk would follow.
            return Stream.iterate(Path.of("").toRealPath(), Objects::nonNull, Path::getParent)
                    .filter(folder -> Files.exists(folder.resolve("breakmake")) && Files.exists(folder.resolve("mvnw")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Path> modules() throws IOException {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .toList();
        }
    }

    private static List<Path> javaSources(String sourceSet) throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> ROOT.relativize(file).toString().contains("src/" + sourceSet + "/java/"))
                    .toList();
        }
    }

    @Test
    void everyModuleHasAReadme() throws IOException {
        assertThat(modules())
                .isNotEmpty()
                .allSatisfy(module -> assertThat(module.resolve("README.md")).exists());
    }

    @Test
    void everyPackageOfProductionCodeIsNullMarked() throws IOException {
        List<Path> packages =
                javaSources("main").stream().map(Path::getParent).distinct().toList();
        assertThat(packages)
                .isNotEmpty()
                .allSatisfy(folder -> assertThat(folder.resolve("package-info.java"))
                        .exists()
                        .content()
                        .contains("@NullMarked"));
    }

    @Test
    void sourcesHoldNoLeftovers() throws IOException {
        for (String sourceSet : List.of("main", "test")) {
            for (Path source : javaSources(sourceSet)) {
                assertThat(LEFTOVER.matcher(Files.readString(source)).find())
                        .as("%s holds a leftover (%s)", ROOT.relativize(source), LEFTOVER)
                        .isFalse();
            }
        }
    }

    @Test
    void versionsArePinnedInTheRootPomOnly() throws IOException {
        Pattern version = Pattern.compile("<version>(?!0\\.1\\.0-SNAPSHOT|\\$\\{)[^<]+</version>");
        try (Stream<Path> files = Files.walk(ROOT, 3)) {
            for (Path pom : files.filter(file -> file.endsWith("pom.xml"))
                    .filter(file -> !file.equals(ROOT.resolve("pom.xml")))
                    .filter(file -> !file.toString().contains("/target/"))
                    .toList()) {
                assertThat(version.matcher(Files.readString(pom)).results().map(match -> match.group()))
                        .as("%s pins a version itself; pin it in the root pom.xml", ROOT.relativize(pom))
                        .isEmpty();
            }
        }
    }
}
