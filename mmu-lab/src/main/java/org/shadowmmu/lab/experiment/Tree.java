package org.shadowmmu.lab.experiment;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A value of an experiment file that carries the place where it is written, so that it can be moved and still say where. */
sealed interface Tree {
    /** Where it is written; for the member of a map, where its key is. */
    Place place();

    /** The value alone. */
    JsonNode json();

    /** Notes the place of this value, which has come to stand at {@code pointer}, and of all in it. */
    void note(String pointer, Origins origins);

    /** A text, number or truth value. */
    record Leaf(Place place, JsonNode json) implements Tree {
        @Override
        public void note(String pointer, Origins origins) {
            origins.note(pointer, place);
        }
    }

    /** A list. */
    record Items(Place place, List<Tree> members) implements Tree {
        @Override
        public JsonNode json() {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            members.forEach(member -> array.add(member.json()));
            return array;
        }

        @Override
        public void note(String pointer, Origins origins) {
            origins.note(pointer, place);
            for (int i = 0; i < members.size(); i++) {
                members.get(i).note(pointer + "/" + i, origins);
            }
        }
    }

    /** A map. */
    record Table(Place place, Map<String, Tree> members) implements Tree {
        @Override
        public JsonNode json() {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            members.forEach((key, member) -> object.set(key, member.json()));
            return object;
        }

        @Override
        public void note(String pointer, Origins origins) {
            origins.note(pointer, place);
            members.forEach((key, member) -> member.note(Origins.child(pointer, key), origins));
        }

        /** This map without some keys. */
        Table without(List<String> keys) {
            Map<String, Tree> rest = new LinkedHashMap<>(members);
            rest.keySet().removeAll(keys);
            return new Table(place, rest);
        }

        /** This map with one key set. */
        Table with(String key, Tree value) {
            Map<String, Tree> all = new LinkedHashMap<>(members);
            all.put(key, value);
            return new Table(place, all);
        }

        /** This map, with what {@code upper} says instead wherever it says something; maps are laid over each other. */
        Table under(Table upper) {
            Map<String, Tree> all = new LinkedHashMap<>(members);
            upper.members.forEach((key, value) -> all.merge(
                    key,
                    value,
                    (old, replacing) -> old instanceof Table below && replacing instanceof Table above
                            ? below.under(above)
                            : replacing));
            return new Table(upper.place, all);
        }
    }

    /** Gives every value of {@code json}, which stands at {@code pointer} of one text, the place noted for it. */
    static Tree of(JsonNode json, String pointer, Origins places) {
        Place place = places.placeOf(pointer);
        if (json.isObject()) {
            Map<String, Tree> members = new LinkedHashMap<>();
            json.properties()
                    .forEach(entry -> members.put(
                            entry.getKey(), of(entry.getValue(), Origins.child(pointer, entry.getKey()), places)));
            return new Table(place, members);
        }
        if (json.isArray()) {
            List<Tree> members = new ArrayList<>();
            for (int i = 0; i < json.size(); i++) {
                members.add(of(json.get(i), pointer + "/" + i, places));
            }
            return new Items(place, members);
        }
        return new Leaf(place, json);
    }
}
