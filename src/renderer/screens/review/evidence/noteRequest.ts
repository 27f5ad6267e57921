import { ref } from 'vue';

/** Grows each time the key N asks for the note field: the editor watches it. */
export const noteRequest = ref(0);
