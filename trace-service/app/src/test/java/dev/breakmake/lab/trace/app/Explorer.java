package dev.breakmake.lab.trace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Looks at the trace explorer with a real browser without a window; leaves pictures in target/explorer for people. */
final class Explorer {

    private static final Path PICTURES = Path.of("target", "explorer");

    private final String base;

    Explorer(String base) {
        this.base = base;
    }

    /** Opens every view of a trace and expects what only a working page shows. */
    void look(String id) throws IOException, InterruptedException {
        Optional<Path> browser = browser();
        if (browser.isEmpty()) {
            System.err.println("the explorer was not looked at: no chromium here (apt install chromium)");
            return;
        }
        Files.createDirectories(PICTURES);
        view(browser.get(), "list", "#/", "xen-4.17-arm64");
        view(browser.get(), "timeline", "#/traces/" + id + "/timeline", "Milestones over");
        view(browser.get(), "findings", "#/traces/" + id + "/findings", "switch_ttbr");
        view(browser.get(), "steps", "#/traces/" + id + "/steps?step=40", "What changed in step 40");
        view(browser.get(), "map", "#/traces/" + id + "/map", "input addresses (VA)");
        view(browser.get(), "walk", "#/traces/" + id + "/walk?va=0x200000", "Level 1");
        view(browser.get(), "compare", "#/traces/" + id + "/compare?a=10", "Net changes after step 10");
        view(browser.get(), "known", "#/findings", "REG-TTBR");
    }

    private void view(Path browser, String name, String route, String expected)
            throws IOException, InterruptedException {
        String page = run(browser, List.of("--dump-dom"), route);
        assertThat(page).as(name).contains(expected).doesNotContain("class=\"notice error\" role=\"alert\"");
        run(
                browser,
                List.of("--screenshot=" + PICTURES.resolve(name + ".png").toAbsolutePath(), "--hide-scrollbars"),
                route);
    }

    private String run(Path browser, List<String> what, String route) throws IOException, InterruptedException {
        Path profile = Files.createTempDirectory("explorer");
        List<String> command = new ArrayList<>(List.of(
                browser.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--user-data-dir=" + profile,
                "--window-size=1280,1400",
                "--virtual-time-budget=15000"));
        command.addAll(what);
        command.add(base + "/trace/" + route);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String page = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).as("the browser ends").isTrue();
        return page;
    }

    private static Optional<Path> browser() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            Path candidate = Path.of(folder, "chromium");
            if (Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
