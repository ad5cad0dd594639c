package org.shadowmmu.lab.cli;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.store.ResultSql;

/** The optional module with the database, if it is on the class path. */
final class SqlModule {
    private static final String BUILD = "./mvnw -q -DskipTests -pl mmu-lab-sql -am package";

    private SqlModule() {}

    /**
     * The database.
     *
     * @throws BadInputException that says how to get it, if it is not there
     */
    static ResultSql load() {
        try {
            return ServiceLoader.load(ResultSql.class)
                    .findFirst()
                    .orElseThrow(() -> new BadInputException(
                            "SQL and Parquet need the optional module mmu-lab-sql (DuckDB, 80 MB), which is not built; build"
                                    + " it once with: " + BUILD));
        } catch (ServiceConfigurationError | LinkageError e) {
            throw new BadInputException(
                    "The optional module mmu-lab-sql does not fit this lab (" + e.getMessage()
                            + "); build it again with: " + BUILD,
                    e);
        }
    }
}
