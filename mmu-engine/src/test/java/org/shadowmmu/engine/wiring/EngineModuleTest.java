package org.shadowmmu.engine.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.inject.ConfigurationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.shadowmmu.engine.host.PolicyCatalog;
import org.shadowmmu.engine.host.PolicyHost;

/** What the engine binds, and that it binds nothing by accident. */
class EngineModuleTest {
    @TempDir
    Path directory;

    @Test
    void bindsOneHostAndOneCatalogOfThePolicyPath() {
        Injector injector = Guice.createInjector(new EngineModule(List.of(directory)));
        PolicyCatalog catalog = injector.getInstance(PolicyCatalog.class);

        assertThat(catalog).isSameAs(injector.getInstance(PolicyCatalog.class));
        assertThat(catalog.problems()).hasSize(1);
        assertThat(injector.getInstance(PolicyHost.class)).isSameAs(injector.getInstance(PolicyHost.class));
    }

    static final class Unbound {}

    @Test
    void classesWithoutABindingAreRefused() {
        Injector injector = Guice.createInjector(new EngineModule(List.of()));

        assertThatThrownBy(() -> injector.getInstance(Unbound.class)).isInstanceOf(ConfigurationException.class);
    }
}
