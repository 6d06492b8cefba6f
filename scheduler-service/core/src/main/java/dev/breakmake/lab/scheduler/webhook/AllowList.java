package dev.breakmake.lab.scheduler.webhook;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Origins (scheme, host, port) the lab may post to. An administrator writes them; without any, no webhook leaves the lab. Matching whole origins keeps a subscriber
 * from pointing the lab at other machines of its network.
 */
public final class AllowList {

    private final TreeSet<String> origins = new TreeSet<>();

    /** Allows {@code origins}, for example {@code https://ci.example.org} or {@code http://ci.lab:8080}; IllegalArgumentException names what is no origin. */
    public AllowList(List<String> origins) {
        for (String text : origins) {
            URI uri = parse(text);
            boolean bare = uri != null
                    && (uri.getPath() == null
                            || uri.getPath().isEmpty()
                            || uri.getPath().equals("/"));
            if (uri == null || !bare || uri.getQuery() != null) {
                throw new IllegalArgumentException(
                        "breakmake.scheduler.webhook.origins: '" + text
                                + "' is no origin; write scheme and host, for example https://ci.example.org or http://ci.lab:8080");
            }
            this.origins.add(origin(uri));
        }
    }

    /** Why {@code url} may not be posted to, or an empty text. */
    public String refusal(String url) {
        URI uri = parse(url);
        if (uri == null) {
            return "is no http or https URL";
        }
        if (uri.getUserInfo() != null) {
            return "carries a user name or password";
        }
        if (origins.isEmpty()) {
            return "cannot be used: no origin is allowed (breakmake.scheduler.webhook.origins)";
        }
        return origins.contains(origin(uri)) ? "" : "has the origin " + origin(uri) + ", which is not allowed";
    }

    private static @org.jspecify.annotations.Nullable URI parse(String text) {
        try {
            URI uri = new URI(text.strip());
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            boolean web = scheme.equals("http") || scheme.equals("https");
            return web && uri.getHost() != null ? uri : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static String origin(URI uri) {
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        int port = uri.getPort() >= 0 ? uri.getPort() : scheme.equals("https") ? 443 : 80;
        return scheme + "://" + uri.getHost().toLowerCase(Locale.ROOT) + ":" + port;
    }
}
