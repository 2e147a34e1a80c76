/* What a step of a text track shows, from one sample to the next: letters that change, or
 * something else.  Steps are named by the sample that they lead to, from 1. */
#ifndef VQ_TEXTSTEP_H
#define VQ_TEXTSTEP_H

#include "textseries.h"

/* Seconds that subtitles stand at least, by Netflix's Timed Text Style Guide. */
#define VQ_TEXT_STAYS (5.0 / 6)
#define VQ_TEXT_CHANGE 0.15 /* correlation lost in a step that is worth a look */
#define VQ_TEXT_CELL 0.6    /* correlation lost by the letters that lost most: they are others */
#define VQ_TEXT_TRUSTED 0.4 /* trust below which blur or motion explain a step */
#define VQ_TEXT_READING 0.5 /* confidence (0..1) of readings that are compared */
#define VQ_TEXT_FAINT 0.5   /* share of the most that contrast or sharpness fall to, or lower */
#define VQ_TEXT_WHOLE 0.98  /* visible share of a row that the frame's edge does not cut */

double vq_text_ring_change(const struct vq_text_sample *s); /* correlation lost, 0..2 */
double vq_text_height(const struct vq_text_sample *s);	    /* of a letter, source pixels */
double vq_text_moved(const struct vq_text_sample *s);	    /* source pixels; 0 when unknown */

/* Does the row leave the frame or enter it about this step, so that its letters are others? */
bool vq_text_crosses_edge(const struct vq_text_series *t, size_t i);

/* Neither the locator nor the reader sees text where the row was. */
bool vq_text_is_gone(const struct vq_text_sample *s);

/* Is the step's change one of the text?  Not when it is blurred or faint or the alignment failed:
 * the further a row moved, the more easily something else is taken for it. */
bool vq_text_is_sure(const struct vq_text_series *t, size_t i);

/* Which steps are looked for. */
enum vq_text_look {
	VQ_TEXT_LOOK_MUTATION, /* sure, and more than the ring */
	VQ_TEXT_LOOK_SCENE,    /* sure, and no more than the ring */
	VQ_TEXT_LOOK_UNSURE,   /* more than the ring */
};

/* Is the step one of these?  value: its change. */
bool vq_text_shows(const struct vq_text_series *t, size_t i, enum vq_text_look what, double *value);

/* Has the row made way for another one, as captions and labels do: it stayed for as long as it
 * takes to read it, and so does the next? */
bool vq_text_is_exchange(const struct vq_text_series *t, size_t i);

/* How often letters change and nothing else does: the share of all steps, by trust, in which
 * the crop changes much more than its surroundings do, and neither motion nor blur nor a fade
 * nor the frame's edge nor an exchange of the whole text can explain it, weighted by how likely
 * there is text before and after; 0..1.  0 without measurements of the picture. */
double vq_text_proof(const struct vq_text_series *t);

#endif
