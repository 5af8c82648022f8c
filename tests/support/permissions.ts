/**
 * Who may do what, typed once and by hand: every verb on every form for every role. access*.test.ts hold the server
 * against it, cell by cell. On each line there is somebody who may, so none can hold for the wrong reason.
 */
export const actors = [
  'province',
  'cac',
  'cac-hefei',
  'hefei',
  'wuhu',
  'huaibei',
  'suzhou',
  'juror1',
  'anonymous',
] as const
export type Actor = (typeof actors)[number]

/** yes: any 2xx. A number: refused with it (401 no session, 403 not yours to do, 404 not in sight, 409 not now, 422 not this). */
type PermissionTable = Record<string, readonly string[]>
const parse = (text: string): PermissionTable =>
  Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => line.split('|').map((part) => part.trim()))
      .map(([verb = '', cells = '']) => [verb, cells.split(/\s+/)]),
  )

// huaibei hosts C4, suzhou hosts C5; to the registers of others they are clerks like any.
export const anyRegister = parse(`
                                  | province cac cac-hefei hefei wuhu huaibei suzhou juror1 anonymous
  read by id                      | yes      yes yes       yes   404  404     404    404    401
  find in the list                | yes      yes yes       yes   no   no      no     404    401
  count in the summary            | yes      yes yes       yes   no   no      no     404    401
  count in the groups             | yes      yes yes       yes   no   no      no     404    401
  history                         | yes      yes yes       yes   404  404     404    404    401
  read comments                   | yes      yes yes       yes   404  404     404    404    401
  comment                         | yes      yes yes       yes   404  404     404    404    401
  find in the export              | yes      yes yes       yes   no   no      no     403    401
  change a draft                  | 403      403 403       yes   404  404     404    404    401
  change a submitted row          | 403      403 403       403   404  404     404    404    401
  change a draft in bulk          | 403      403 403       yes   404  404     404    404    401
  remove a draft                  | 403      403 403       yes   404  404     404    404    401
  remove a submitted row          | 403      403 403       403   404  404     404    404    401
  remove a draft in bulk          | 403      403 403       yes   404  404     404    404    401
  find in the bin                 | yes      yes yes       yes   no   no      no     404    401
  restore                         | 403      403 403       yes   404  404     404    404    401
  submit                          | 403      403 403       yes   404  404     404    404    401
  submit in bulk                  | no       403 403       yes   no   no      no     404    401
  withdraw                        | 403      403 403       yes   404  404     404    404    401
  approve                         | yes      403 403       403   404  404     404    404    401
  approve in bulk                 | yes      403 403       no    no   no      no     404    401
  return                          | yes      403 403       403   404  404     404    404    401
  annul                           | yes      403 403       403   404  404     404    404    401
  create for the own unit         | yes      403 403       yes   yes  yes     yes    404    401
  create for 合肥                 | 403      403 403       yes   403  403     403    404    401
  create for 合肥 in bulk         | 403      403 403       yes   403  403     403    404    401
  import for the own unit         | yes      403 403       yes   yes  yes     yes    404    401
  import for 合肥                 | 403      403 403       yes   403  403     403    404    401
  see an import of 合肥           | yes      403 403       yes   404  404     404    403    401
  apply an import of 合肥         | 403      403 403       yes   404  404     404    403    401
  cancel an import of 合肥        | 403      403 403       yes   404  404     404    403    401
  template                        | yes      yes yes       yes   yes  yes     yes    403    401
`)

// The internet office writes its opinion on what was put forward (works.test.ts), so other fields are refused by name.
const awards = parse(`
  change a draft                  | 403      422 422       yes   404  404     404    404    401
  change a submitted row          | 403      422 422       403   404  404     404    404    401
  change a draft in bulk          | 403      422 422       yes   404  404     404    404    401
`)

// A work of 合肥 in C5, which 宿州 hosts: the host sees it once it is submitted, reviews it, and never edits it.
const submissions = parse(`
  read a submitted row            | yes      yes yes       yes   404  404     yes    404    401
  find a submitted row            | yes      yes yes       yes   no   no      yes    no     401
  count in the summary            | yes      yes yes       yes   no   no      no     no     401
  count in the groups             | yes      yes yes       yes   no   no      no     no     401
  export a submitted row          | yes      yes yes       yes   no   no      yes    403    401
  history of a submitted row      | yes      yes yes       yes   404  404     yes    404    401
  read comments of a submitted row| yes      yes yes       yes   404  404     yes    404    401
  change a submitted row          | 403      403 403       403   404  404     403    404    401
  remove a submitted row          | 403      403 403       403   404  404     403    404    401
  withdraw                        | 403      403 403       yes   404  404     403    404    401
  approve                         | yes      403 403       403   404  404     yes    404    401
  approve in bulk                 | yes      403 403       no    no   no      yes    403    401
  return                          | yes      403 403       403   404  404     yes    404    401
  annul                           | yes      403 403       403   404  404     403    404    401
  find in the list                | yes      yes yes       yes   no   no      no     no     401
  find in the bin                 | yes      yes yes       yes   no   no      no     no     401
  submit in bulk                  | no       403 403       yes   no   no      no     403    401
  remove a draft in bulk          | 403      403 403       yes   404  404     404    403    401
  restore                         | 403      403 403       yes   404  404     404    403    401
  create for the own unit         | yes      403 403       yes   yes  yes     yes    403    401
  create for 合肥                 | 403      403 403       yes   403  403     403    403    401
  create for 合肥 in bulk         | 403      403 403       yes   403  403     403    403    401
  import for the own unit         | yes      403 403       yes   yes  yes     yes    403    401
  import for 合肥                 | 403      403 403       yes   403  403     403    403    401
`)

// The campaign's own data. Jurors read what stands around the works they judge.
const ofCampaign = parse(`
  list                            | yes      yes yes       yes   yes  yes     yes    yes    401
  read by id                      | yes      yes yes       yes   yes  yes     yes    yes    401
  history                         | yes      yes yes       yes   yes  yes     yes    403    401
  export                          | yes      yes yes       yes   yes  yes     yes    403    401
  create                          | yes      403 403       403   403  403     403    403    401
  change                          | yes      403 403       403   403  403     403    403    401
  remove                          | yes      403 403       403   403  403     403    403    401
  restore                         | yes      403 403       403   403  403     403    403    401
  change in bulk                  | yes      403 403       403   403  403     403    403    401
  import                          | yes      403 403       403   403  403     403    403    401
  change its state                | 404      403 403       404   404  404     404    403    401
`)
// Quotas, reopenings, kinds of units: jurors have nothing to do with them.
const quotas = parse(`
  list                            | yes      yes yes       yes   yes  yes     yes    404    401
  read by id                      | yes      yes yes       yes   yes  yes     yes    404    401
  history                         | yes      yes yes       yes   yes  yes     yes    404    401
  create                          | yes      403 403       403   403  403     403    404    401
  change                          | yes      403 403       403   403  403     403    404    401
  remove                          | yes      403 403       403   403  403     403    404    401
  restore                         | yes      403 403       403   403  403     403    404    401
  change in bulk                  | yes      403 403       403   403  403     403    404    401
  import                          | yes      403 403       403   403  403     403    404    401
  change its state                | 404      403 403       404   404  404     404    404    401
`)

// A campaign that is just being prepared: to everybody but the province it is not there.
const campaigns = parse(`
  read by id                      | yes      404 404       404   404  404     404    404    401
  history                         | yes      404 404       404   404  404     404    404    401
  change                          | yes      404 404       404   404  404     404    404    401
  remove                          | yes      404 404       404   404  404     404    404    401
  change in bulk                  | yes      404 404       404   404  404     404    404    401
  change its state                | 404      404 404       404   404  404     404    404    401
`)

export const around = parse(`
  list users                      | yes      403 403       403   403  403     403    403    401
  read a user                     | yes      403 403       403   403  403     403    403    401
  create a user                   | yes      403 403       403   403  403     403    403    401
  change a user                   | yes      403 403       403   403  403     403    403    401
  reset a password                | yes      403 403       403   403  403     403    403    401
  list changes                    | yes      yes yes       yes   yes  yes     yes    403    401
  list imports                    | yes      403 403       yes   yes  yes     yes    403    401
  see the progress                | yes      yes yes       yes   yes  yes     yes    403    401
  see what waits                  | yes      yes yes       yes   yes  yes     yes    403    401
  export the progress             | yes      yes yes       yes   yes  yes     yes    403    401
  annex 1                         | yes      yes yes       yes   yes  yes     yes    403    401
  annex 2                         | yes      yes yes       yes   yes  yes     yes    403    401
  upload a file                   | yes      403 403       yes   yes  yes     yes    403    401
  open a file of 合肥             | yes      yes yes       yes   404  404     404    404    401
  list views                      | yes      yes yes       yes   yes  yes     yes    403    401
  save a view                     | yes      yes yes       yes   yes  yes     yes    403    401
  share a view                    | yes      403 403       403   403  403     403    403    401
  open with a view                | yes      yes yes       yes   yes  yes     yes    403    401
  see the jury of C5              | yes      404 404       404   404  404     yes    404    401
  set the jury of C5              | yes      404 404       404   404  404     yes    404    401
  who am I                        | yes      yes yes       yes   yes  yes     yes    yes    401
`)

/** The lines that hold for rows of 合肥 in a register. */
export const registerLines = (form: string): PermissionTable => {
  const { '': _heading, ...lines } = anyRegister
  return { ...lines, ...(form === 'awards' ? awards : form === 'submissions' ? submissions : {}) }
}

/** The lines that hold for a form of the campaign's own data. */
export const campaignLines = (form: string): PermissionTable => ({
  ...ofCampaign,
  ...(['quotas', 'reopenings', 'unit_kinds'].includes(form) ? quotas : {}),
  ...(form === 'campaigns' ? campaigns : {}),
})
