/** What stands in the history beside the rows of forms (db/security/025_trail.sql), in words. */

type TrailKind = {
  label: string
  /** The form whose row a line speaks of. */
  of?: string
  /** Its lines belong to a campaign. */
  in_campaign: boolean
  /** What was done, where the word for it is not the ordinary one. */
  actions: Readonly<Record<string, string>>
  fields: Readonly<Record<string, string>>
}

const ended = { done: '完成', refused: '未执行', failed: '失败', cancelled: '取消', undone: '撤销' }
const asked = { form: '登记表', rows_total: '行数', rows_done: '已办行数', result: '结果' }

export const trailKinds: Readonly<Record<string, TrailKind>> = {
  users: {
    label: '用户',
    in_campaign: false,
    actions: {
      create: '新增',
      update: '修改',
      password: '改密码',
      sign_in_failed: '登录失败',
      sign_in_locked: '登录被锁',
      password_failed: '改密码没过',
      impersonation: '以他人身份查看',
    },
    fields: {
      name: '姓名',
      role: '角色',
      unit_id: '单位',
      disabled_at: '停用',
      must_change_password: '须换密码',
      username: '用户名',
      address: '来自',
    },
  },
  scores: {
    label: '评委打分',
    of: 'submissions',
    in_campaign: true,
    actions: { create: '打分', update: '改分' },
    // marks of before items were a collection's are each a value of its own
    fields: { items: '各项', theme: '主题', craft: '制作', appeal: '感染力', total: '总分', opinion: '意见' },
  },
  jury: {
    label: '评委名单',
    of: 'collections',
    in_campaign: true,
    actions: { create: '加入评委', remove: '移出评委' },
    fields: { juror: '评委' },
  },
  files: {
    label: '文件',
    in_campaign: false,
    actions: { create: '上传' },
    fields: { name: '文件名', type: '类型', size: '字节', sha256: '指纹' },
  },
  filings: {
    label: '报送版',
    in_campaign: true,
    actions: { create: '报送' },
    fields: { number: '编号', form: '登记表', rows: '行数', data_sha256: '指纹' },
  },
  views: {
    label: '视图',
    in_campaign: false,
    actions: { create: '保存视图', update: '改视图', remove: '删视图' },
    fields: { form: '登记表', name: '名称', shared: '共享', layout: '栏目和筛选' },
  },
  print_templates: {
    label: '打印的样子',
    in_campaign: true,
    actions: { create: '新增', update: '修改', remove: '删去' },
    fields: { form: '登记表', name: '名称', file_name: '文件名', sha256: '指纹', blanks: '空格和栏目' },
  },
  operations: {
    label: '批量操作',
    in_campaign: false,
    actions: { create: '开始', ...ended },
    fields: { ...asked, kind: '做什么', action: '动作', asked: '范围和内容' },
  },
  imports: {
    label: '导入',
    in_campaign: true,
    actions: { create: '上传表格', applied: '写入', ...ended },
    fields: { ...asked, file_name: '文件名', sha256: '指纹', decisions: '逐行的决定' },
  },
  exports: {
    label: '导出',
    in_campaign: true,
    actions: { create: '导出' },
    fields: { file: '文件名', path: '导出了什么', filter: '筛选', rows: '行数' },
  },
}
