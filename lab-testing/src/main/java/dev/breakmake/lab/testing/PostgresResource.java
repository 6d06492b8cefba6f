package dev.breakmake.lab.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives a Quarkus test an empty database per data source named in the argument {@code datasources} (comma separated). The server outlives
 * the test class: the next one takes another database of it.
 */
public final class PostgresResource implements QuarkusTestResourceLifecycleManager {

    private List<String> names = List.of();

    @Override
    public void init(Map<String, String> initArgs) {
        names = List.of(initArgs.getOrDefault("datasources", "lab").split(",", -1));
    }

    @Override
    public Map<String, String> start() {
        Map<String, String> properties = new HashMap<>();
        for (String name : names) {
            PostgresServer.Database database = PostgresServer.shared().freshDatabase(name);
            String prefix = "quarkus.datasource." + name + ".";
            properties.put(prefix + "jdbc.url", database.url());
            properties.put(prefix + "username", database.user());
            properties.put(prefix + "password", database.password());
        }
        return properties;
    }

    @Override
    public void stop() {
        // The server is shared by all test classes of the JVM and ends with it.
    }
}
