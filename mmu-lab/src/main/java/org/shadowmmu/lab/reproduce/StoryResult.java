package org.shadowmmu.lab.reproduce;

import java.util.List;

/**
 * What a story's measurements told.
 *
 * @param findings one per claim, in any order
 * @param figures what a report may draw, in this order
 */
public record StoryResult(List<Finding> findings, List<Figure> figures) {}
