/** Prompt presets: presets/*.json to values. */
package org.stablevideo.preset;
