package org.shadowmmu.lab.time;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.shadowmmu.lab.BadInputException;
import org.shadowmmu.lab.experiment.RecordFile;

/** Files of costs: the built-in one, which names all, and those of users, which name what they change. */
public final class CostFile {
    private static final String BUILT_IN = "costs.yaml";
    private static final List<String> KEYS =
            Arrays.stream(Cost.values()).map(Cost::key).toList();
    /** Below this a guest makes so many accesses at once that the other side never gets on. */
    private static final double SHORTEST_INSTRUCTION = 0.01;

    private CostFile() {}

    /** The text of the built-in file. */
    public static String builtIn() {
        try (InputStream in = CostFile.class.getResourceAsStream(BUILT_IN)) {
            if (in == null) {
                throw new IllegalStateException("the file of costs is not among the classes");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The prices of the built-in file; it names every cost. */
    static Map<Cost, Price> builtInPrices() {
        Map<Cost, Price> prices = prices(RecordFile.parse(BUILT_IN, builtIn(), PriceEntry.class, KEYS), BUILT_IN);
        if (prices.size() < Cost.values().length) {
            throw new IllegalStateException(BUILT_IN + " does not name every cost: " + prices.keySet());
        }
        return prices;
    }

    /**
     * The built-in prices, with those of a file instead where it names them.
     *
     * @throws BadInputException if it cannot be read or is no sound file of costs
     */
    public static CostModel read(Path file) {
        RecordFile<PriceEntry> read = RecordFile.read("file of costs", file, PriceEntry.class, KEYS);
        String name = String.valueOf(file.getFileName());
        return CostModel.standard().with(prices(read, name));
    }

    private static Map<Cost, Price> prices(RecordFile<PriceEntry> file, String name) {
        Map<Cost, Price> prices = new EnumMap<>(Cost.class);
        for (Cost cost : Cost.values()) {
            PriceEntry entry = file.records().get(cost.key());
            if (entry != null) {
                Price price = entry.price(name);
                if (cost == Cost.INSTRUCTION && price.nanos() < SHORTEST_INSTRUCTION) {
                    throw file.problem(
                            cost.key() + "/nanos",
                            "'nanos' of an instruction must be " + SHORTEST_INSTRUCTION
                                    + " or more, or a guest would do everything at once");
                }
                prices.put(cost, price);
            }
        }
        return prices;
    }
}
